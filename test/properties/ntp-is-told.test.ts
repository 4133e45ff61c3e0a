import { describe, expect, test } from 'vitest';
import { DAEMONS } from '../../src/contract/consumer.js';
import type { EventOf } from '../../src/contract/event.js';
import { ntpIsTold } from '../../src/properties/ntp-is-told.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
type Polled = Partial<EventOf<'daemon-polled'>>;
const judge = (story: HostStory): string =>
  summary(verdictOf(ntpIsTold, { vcpus: 2, daemon: DAEMONS.chrony }, story.events));

const signs = (given: Partial<EventOf<'daemon-polled'>['signs']> = {}): Polled => ({
  signs: { unsync: 0n, 'cancel-on-set': 0n, marker: 0n, freeze: 0n, ...given },
});
/** REALTIME behind its source by so much. */
const behind = (ns: bigint): Polled => ({ realtimeNs: -ns, sourceNs: 0n });
/** Polled at 1 s, stopped from 2 s to 62 s. */
const stopped = (before: Polled = {}): HostStory =>
  new HostStory()
    .boot(2)
    .at(SEC)
    .poll(0, before)
    .at(2n * SEC)
    .stop(0, 1)
    .at(62n * SEC)
    .start(0, 1);

describe('ntp-is-told', () => {
  test('REALTIME that a stop left behind asks for a sign', () => {
    expect(judge(stopped().poll(0, behind(60n * SEC)))).toBe(
      'violated: none of them was given; it took the step "nothing" on vCPU 0',
    );
    for (const sign of ['unsync', 'cancel-on-set', 'marker'] as const) {
      expect(judge(stopped().poll(0, { ...behind(60n * SEC), ...signs({ [sign]: 1n }) }))).toBe(
        'holds 1',
      );
    }
  });

  test('chrony does not listen to a freeze', () => {
    expect(judge(stopped().poll(0, { ...behind(SEC), ...signs({ freeze: 1n }) }))).toMatch(
      'violated',
    );
  });

  // 1 ns of stopError, 2 ns of q, and 61 s by one LSB of mult, 2^-23 (B5): 7.3 us.
  const EPS = 3n + (61n * SEC) / 2n ** 23n;

  test('within eps nothing was lost', () => {
    expect(judge(stopped().poll(0, behind(EPS)))).toBe('vacuous');
    expect(judge(stopped().poll(0, behind(EPS + 3n)))).toMatch('violated');
    // An error that was there before is none of the stop's.
    expect(judge(stopped(behind(SEC)).poll(0, behind(SEC)))).toBe('vacuous');
  });

  test('the sources of the daemon may be off, too', () => {
    const off: Polled = { sourceErrorNs: 10n };
    expect(judge(stopped(off).poll(0, { ...behind(EPS + 20n), ...off }))).toBe('vacuous');
    expect(judge(stopped(off).poll(0, { ...behind(EPS + 23n), ...off }))).toMatch('violated');
  });

  test('another counter asks for a sign though REALTIME is right', () => {
    const moved = (): HostStory =>
      new HostStory().boot(2).poll().at(SEC).stop(0, 1).migrate().start(0, 1);
    expect(judge(moved().poll())).toMatch('violated');
    expect(judge(moved().poll(0, signs({ marker: 1n })))).toBe('holds 1');
    const written = new HostStory().boot(2).poll().at(SEC).stop(0, 1).counter(0, 'host-write');
    expect(judge(written.start(0, 1).poll())).toMatch('violated');
    const restored = new HostStory().boot(2).poll().at(SEC).save(0).restore(0, 1).start(0, 1);
    expect(judge(restored.poll())).toMatch('violated');
  });

  test('counters that ran on have lost nothing, and without a poll before there is no asking', () => {
    expect(judge(stopped().poll())).toBe('vacuous');
    const unpolled = new HostStory()
      .boot(2)
      .at(SEC)
      .stop(0, 1)
      .at(61n * SEC)
      .start(0, 1);
    expect(judge(unpolled.poll(0, behind(60n * SEC)))).toBe('vacuous');
  });

  test('what the daemon set itself is no sign, and leaves no error', () => {
    const set = (now: Polled): HostStory =>
      new HostStory()
        .boot(2)
        .at(SEC)
        .poll(0, { ...behind(SEC), did: 'step' })
        .set(0, SEC)
        .at(2n * SEC)
        .stop(0, 1)
        .at(62n * SEC)
        .start(0, 1)
        .poll(0, now);
    expect(judge(set(signs({ 'cancel-on-set': 1n })))).toBe('vacuous');
    expect(judge(set({ ...behind(SEC), ...signs({ 'cancel-on-set': 1n }) }))).toMatch('violated');
    expect(judge(set({ ...behind(SEC), ...signs({ 'cancel-on-set': 2n }) }))).toBe('holds 1');
  });

  test('a clock that somebody else set is no measure, unless the design did', () => {
    const byOther = stopped()
      .set(0, SEC)
      .poll(0, behind(60n * SEC));
    expect(judge(byOther)).toBe('vacuous');
    expect(
      judge(
        stopped()
          .setByDesign(0, SEC)
          .poll(0, behind(60n * SEC)),
      ),
    ).toMatch('violated');
  });

  test('a later sign does not count', () => {
    const late = stopped()
      .poll(0, behind(60n * SEC))
      .poll(0, signs({ marker: 1n }));
    expect(judge(late)).toMatch('violated');
  });
});
