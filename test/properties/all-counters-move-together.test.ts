import { describe, expect, test } from 'vitest';
import { allCountersMoveTogether } from '../../src/properties/all-counters-move-together.js';
import { HostStory } from './host-events.js';
import { KVM_CLOCK, type Setup, summary, verdictOf } from './premises.js';

const judge = (story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(allCountersMoveTogether, { vcpus: 2, ...setup }, story.events));
/** Virtual and physical counter of vCPU 0 as it stops, and as it starts. */
const stopped = (before: readonly [bigint, bigint], after: readonly [bigint, bigint]) =>
  new HostStory()
    .boot(2)
    .counter(0, 'stop', { counter: before[0], physical: before[1] })
    .at(1_000n)
    .counter(0, 'start', { counter: after[0], physical: after[1] });

describe('all-counters-move-together', () => {
  test('both may run on, and both may stand', () => {
    expect(judge(stopped([100n, 40n], [160n, 100n]))).toBe('holds 1');
    expect(judge(stopped([100n, 40n], [100n, 40n]))).toBe('holds 1');
  });

  test('one that stands while the other runs on is seen by the guest', () => {
    expect(judge(stopped([100n, 40n], [100n, 100n]))).toBe('violated: 0 cycles ahead');
    expect(judge(stopped([100n, 40n], [101n, 40n]))).toBe('violated: 61 cycles ahead');
  });

  test('counts modulo the width of the counter', () => {
    const narrow: Setup = {
      clocksource: { ...KVM_CLOCK, name: 'arch_sys_counter', widthBits: 56 },
    };
    const wrapped = stopped([2n ** 56n - 1n, 0n], [9n, 10n]);
    expect(judge(wrapped, narrow)).toBe('holds 1');
    expect(judge(wrapped)).toMatch('cycles ahead');
  });

  test('is vacuous with one counter, and without a stop', () => {
    const one = new HostStory().boot(2).counter(0, 'stop').counter(0, 'start', { offset: 5n });
    expect(judge(one)).toBe('vacuous');
    expect(judge(new HostStory().boot(2).counter(0, 'start', { physical: 9n }))).toBe('vacuous');
    const written = new HostStory().boot(2).counter(0, 'stop', { physical: 9n });
    expect(judge(written.counter(0, 'host-write', { physical: 0n }))).toBe('vacuous');
  });

  test('of each vCPU its own stop, also in a life restored from it', () => {
    const story = new HostStory()
      .boot(2)
      .counter(0, 'stop', { counter: 5n, physical: 0n })
      .counter(1, 'stop', { counter: 7n, physical: 0n })
      .save(0)
      .restore(0, 1);
    expect(judge(story.counter(1, 'start', { counter: 7n, physical: 0n }))).toBe('holds 1');
    expect(judge(story.counter(0, 'start', { counter: 7n, physical: 0n }))).toMatch('7 cycles');
  });
});
