import { describe, expect, test } from 'vitest';
import type { ApplicationSpec } from '../../src/contract/consumer.js';
import { staleTimeIsNeverUsed } from '../../src/properties/stale-time-is-never-used.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const LIMIT = 1_000_000_000n;
const application: ApplicationSpec = {
  listensTo: ['unsync', 'cancel-on-set', 'marker', 'freeze'],
  staleLimitNs: LIMIT,
};
const judge = (story: HostStory, listensTo = application.listensTo): string => {
  const setup = { vcpus: 2, application: { ...application, listensTo } };
  return summary(verdictOf(staleTimeIsNeverUsed, setup, story.events));
};

const MARKED = { marker: 1n };
const booted = (): HostStory => new HostStory().boot(2);
/** Taken at 50 ns; both vCPUs are stopped at 100 ns, for so long. */
const stopped = (ns: bigint): HostStory =>
  booted()
    .at(50n)
    .stampTime('timestamp-taken')
    .at(100n)
    .stop(0, 1)
    .at(100n + ns)
    .start(0, 1);

describe('stale-time-is-never-used', () => {
  test('a stop that gives no sign goes unseen', () => {
    expect(judge(stopped(LIMIT + 1n).stampTime('timestamp-used'))).toBe(
      'violated: none was given when it was used on vCPU 0',
    );
  });

  test('any sign that the application listens to will do, and no other', () => {
    const used = (): HostStory => stopped(LIMIT + 1n).stampTime('timestamp-used', MARKED);
    expect(judge(used())).toBe('holds 1');
    expect(judge(used(), ['marker'])).toBe('holds 1');
    expect(judge(used(), ['unsync', 'freeze'])).toBe(
      'violated: none was given when it was used on vCPU 0; it does not listen to marker',
    );
    expect(judge(used(), [])).toMatch('violated');
  });

  test('what the sign was when the stamp was taken counts, not whether it is set', () => {
    const set = booted().stampTime('timestamp-taken', { unsync: 1n }).at(100n).stop(0, 1);
    const used = set.at(100n + 2n * LIMIT).start(0, 1);
    expect(judge(used.stampTime('timestamp-used', { unsync: 1n }))).toMatch('violated');
  });

  test('proves nothing up to the limit', () => {
    expect(judge(stopped(LIMIT).stampTime('timestamp-used'))).toBe('vacuous');
  });

  test('counts what lies between the two, of all stops and sleeps', () => {
    const half = LIMIT / 2n;
    const twice = (ns: bigint): HostStory =>
      stopped(half)
        .at(LIMIT)
        .suspend()
        .at(LIMIT + ns)
        .resume();
    expect(judge(twice(half + 1n).stampTime('timestamp-used'))).toMatch('violated');
    expect(judge(twice(half).stampTime('timestamp-used'))).toBe('vacuous');
    const late = stopped(2n * LIMIT).stampTime('timestamp-taken');
    expect(judge(late.stampTime('timestamp-used'))).toBe('vacuous');
    // One vCPU that goes on keeps the VM from being away, and time that passes is no stop.
    const partly = booted()
      .stampTime('timestamp-taken')
      .stop(0)
      .at(9n * LIMIT)
      .start(0);
    expect(judge(partly.stampTime('timestamp-used'))).toBe('vacuous');
  });

  test('a stop inside a sleep counts once', () => {
    const asleep = booted().stampTime('timestamp-taken').suspend().stop(0, 1);
    const awake = asleep.at(LIMIT).start(0, 1).resume();
    expect(judge(awake.stampTime('timestamp-used'))).toBe('vacuous');
  });

  test('of recorded stops only what was surely away', () => {
    const recorded = (ns: bigint): HostStory =>
      booted()
        .stampTime('timestamp-taken')
        .at(100n, 200n)
        .stop(0, 1)
        .at(ns, ns + 500n)
        .start(0, 1);
    expect(judge(recorded(LIMIT + 200n).stampTime('timestamp-used'))).toBe('vacuous');
    expect(judge(recorded(LIMIT + 201n).stampTime('timestamp-used'))).toMatch('violated');
  });

  test('a restored life was away since its snapshot, and has the stamps of before it', () => {
    const restored = (ns: bigint): HostStory =>
      booted()
        .at(50n)
        .stampTime('timestamp-taken')
        .at(100n)
        .save(0)
        .at(100n + ns)
        .restore(0, 1)
        .start(0, 1);
    expect(judge(restored(LIMIT + 1n).stampTime('timestamp-used'))).toMatch('violated');
    expect(judge(restored(LIMIT + 1n).stampTime('timestamp-used', MARKED))).toBe('holds 1');
    expect(judge(restored(LIMIT).stampTime('timestamp-used'))).toBe('vacuous');
    // A stamp that was taken after the snapshot is none of the clone's.
    const after = booted()
      .save(0)
      .at(1n)
      .stampTime('timestamp-taken')
      .at(9n * LIMIT);
    expect(judge(after.restore(0, 1).start(0, 1).stampTime('timestamp-used'))).toBe('vacuous');
  });

  test('needs an application, and a stamp', () => {
    const used = stopped(2n * LIMIT).stampTime('timestamp-used');
    expect(summary(verdictOf(staleTimeIsNeverUsed, { vcpus: 2 }, used.events))).toBe('vacuous');
    const none = booted()
      .stop(0, 1)
      .at(9n * LIMIT)
      .start(0, 1)
      .stampTime('timestamp-used');
    expect(judge(none)).toBe('vacuous');
  });
});
