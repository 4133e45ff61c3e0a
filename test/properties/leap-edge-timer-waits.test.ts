import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/contract/event.js';
import { leapEdgeTimerWaits } from '../../src/properties/leap-edge-timer-waits.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(leapEdgeTimerWaits, setup, story.events));
}

const SEC = 10n ** 9n;
/** A midnight, as REALTIME shows it in ns. */
const MIDNIGHT = 19_676n * 86_400n * SEC;
const REALTIME = 'CLOCK_REALTIME';
const TAI_OFFSET = 37n;

/** Ten seconds before midnight, 37 s of TAI − UTC; a leap second is announced, and foreseen. */
const foreseen = (): Story =>
  new Story()
    .boot()
    .core(0, { taiOffset: TAI_OFFSET })
    .adjust(0, { timex: { modes: 0x10, status: 0x10 }, status: 0x50, ret: 1 });

/** A callback that read so much of REALTIME, and TAI by `tai` seconds more. */
const fire = (story: Story, realtimeNs: bigint, tai: bigint): Story => {
  story.fire(0, 3, REALTIME, realtimeNs);
  const fired = story.events.pop() as EventOf<'timer-fired'>;
  story.events.push({ ...fired, readTaiNs: realtimeNs + tai * SEC });
  return story;
};

const leap = (story: Story): Story => story.leap(0, -SEC).core(0, { taiOffset: TAI_OFFSET + 1n });

describe('leap-edge-timer-waits', () => {
  test('what fires before the tick has carried out the leap is judged by it', () => {
    // The clock shows 00:00:01 where it is 00:00:00 of the new day.
    const waits = foreseen()
      .arm(0, 3, REALTIME, MIDNIGHT)
      .at(11n * SEC);
    expect(judge(leap(fire(waits, MIDNIGHT + SEC, TAI_OFFSET)))).toBe('holds 1');
    const early = foreseen()
      .arm(0, 3, REALTIME, MIDNIGHT)
      .at(11n * SEC - 1n);
    expect(judge(leap(fire(early, MIDNIGHT + SEC - 1n, TAI_OFFSET)))).toMatch('1 ns early');
  });

  test('what fires after it, by the new offset', () => {
    const applied = (): Story =>
      leap(
        foreseen()
          .arm(0, 3, REALTIME, MIDNIGHT)
          .at(11n * SEC),
      );
    expect(judge(fire(applied().at(11n * SEC), MIDNIGHT, TAI_OFFSET + 1n))).toBe('holds 1');
    expect(judge(fire(applied().at(11n * SEC), MIDNIGHT, TAI_OFFSET))).toMatch(`${SEC} ns early`);
  });

  test('a timer for the day before is none of its', () => {
    const before = foreseen()
      .arm(0, 3, REALTIME, MIDNIGHT - 1n)
      .at(10n * SEC);
    expect(judge(leap(fire(before, MIDNIGHT - 1n, TAI_OFFSET)))).toBe('vacuous');
  });

  test('says nothing of a leap that the kernel may not have foreseen', () => {
    const late = new Story()
      .boot()
      .core(0, { taiOffset: TAI_OFFSET })
      .adjust(0, { timex: { modes: 0x10, status: 0x10 }, status: 0x50 })
      .arm(0, 3, REALTIME, MIDNIGHT)
      .at(10n * SEC);
    expect(judge(leap(fire(late, MIDNIGHT, TAI_OFFSET)))).toBe('vacuous');
  });

  test('which it has once ticks went on for more than a second', () => {
    const ticked = (atNs: bigint): Story =>
      new Story()
        .boot()
        .core(0, { taiOffset: TAI_OFFSET })
        .adjust(0, { timex: { modes: 0x10, status: 0x10 }, status: 0x50 })
        .arm(0, 3, REALTIME, MIDNIGHT)
        .at(atNs)
        .tick(0, atNs)
        .at(10n * SEC);
    // A second and two ticks of 4 ms, at the slowest that MONOTONIC goes.
    expect(judge(leap(fire(ticked(1_008_000_500n), MIDNIGHT + 5n, TAI_OFFSET)))).toMatch('early');
    expect(judge(leap(fire(ticked(1_008_000_000n), MIDNIGHT + 5n, TAI_OFFSET)))).toBe('vacuous');
  });

  test('a set of the clock, a stop or the end of the announcement leaves nothing to say', () => {
    const fired = (): Story =>
      fire(
        foreseen()
          .arm(0, 3, REALTIME, MIDNIGHT)
          .at(10n * SEC),
        MIDNIGHT + 5n,
        TAI_OFFSET,
      );
    expect(judge(leap(fired()))).toMatch('early');
    expect(judge(leap(fired().set(0, SEC)))).toBe('vacuous');
    expect(judge(leap(fired().stop(0).start(0)))).toBe('vacuous');
    const off = foreseen().adjust(0, { timex: { modes: 0x10, status: 0 }, status: 0x40 });
    const calledOff = fire(
      off.arm(0, 3, REALTIME, MIDNIGHT).at(10n * SEC),
      MIDNIGHT + 5n,
      TAI_OFFSET,
    );
    expect(judge(leap(calledOff))).toBe('vacuous');
  });

  test('a deletion promises nothing', () => {
    const fired = fire(
      foreseen()
        .arm(0, 3, REALTIME, MIDNIGHT)
        .at(9n * SEC),
      MIDNIGHT,
      TAI_OFFSET,
    );
    expect(judge(fired.leap(0, SEC))).toBe('vacuous');
  });

  test('is vacuous for a subject that does not tell TAI', () => {
    const story = foreseen()
      .arm(0, 3, REALTIME, MIDNIGHT)
      .at(10n * SEC)
      .fire(0, 3, REALTIME, MIDNIGHT);
    expect(judge(leap(story))).toBe('vacuous');
  });
});
