import { describe, expect, test } from 'vitest';
import type { TimerClockId } from '../../src/contract/clock.js';
import { timerFiresWithinSlack } from '../../src/properties/timer-fires-within-slack.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = { vcpus: 2 }): string {
  return summary(verdictOf(timerFiresWithinSlack, setup, story.events));
}

const MONO = 'CLOCK_MONOTONIC';

/**
 * B8 for a delta of 5 µs on the plain device of a counter of 1 GHz: its shortest delta of 1 µs; 3 ns
 * and three cycles of 1 ns for roundings; and of the delta one LSB of mult, one of the device's
 * multiplier, and what an eighth of the counter's frequency is cut by, each less than 1 ns.
 */
const BOUND_NS = 1_000n + 6n + 3n;

/** Timer 3 for 5 µs, and its device. */
const armed = (clock: TimerClockId = MONO): Story =>
  new Story().boot(2).arm(0, 3, clock, 5_000n).device(0, 5_000n, 5_000n);

/** Its callback so late, in a guest whose clocks show true time. */
const late = (story: Story, ns: bigint, clock: TimerClockId = MONO): Story =>
  story.at(5_000n + ns).fire(0, 3, clock, 5_000n + ns);

describe('timer-fires-within-slack', () => {
  test('a timer is late by its device, and by 1 ns more it breaks the law', () => {
    expect(judge(late(armed(), 0n))).toBe('holds 1');
    expect(judge(late(armed(), BOUND_NS))).toBe('holds 1');
    const over = BOUND_NS + 1n;
    expect(judge(late(armed(), over))).toBe(`violated: called back on vCPU 0 ${over} ns late`);
  });

  test('its slack is added', () => {
    const story = new Story().boot(2);
    const slack = armed().events.map((event) =>
      event.kind === 'timer-armed' ? { ...event, slackNs: 500n } : event,
    );
    story.events.push(...slack);
    expect(judge(late(story, BOUND_NS + 500n))).toBe('holds 1');
  });

  test('a device that is slow by 1 % may be late by 1 % of what it was programmed for', () => {
    const clockevent = { ratePpb: -10_000_000n, minDeltaNs: 1_000n, maxDeltaNs: 10n ** 9n };
    // 5000 / 0.99 is 5050.5, and an LSB of mult does not make it a whole one more.
    expect(judge(late(armed(), BOUND_NS + 50n), { clockevent })).toBe('holds 1');
    expect(judge(late(armed(), BOUND_NS + 51n), { clockevent })).toMatch('violated');
  });

  test('NTP makes MONOTONIC faster than the device, which is late by that', () => {
    const rate = { timex: { modes: 0x2, freq: 32_768_000n }, freq: 32_768_000n };
    const callback = (trueNs: bigint, shownNs: bigint): Story =>
      new Story()
        .boot(2)
        .adjust(1, rate)
        .tick(1, 0n)
        .arm(0, 3, MONO, 10_000_000n)
        .device(0, 10_000_000n, 10_000_000n)
        .at(trueNs)
        .fire(0, 3, MONO, shownNs);
    // 500 ppm of 10 ms are 5 µs.
    expect(judge(callback(10_001_000n, 10_006_000n))).toBe('holds 1');
    expect(judge(callback(10_003_000n, 10_008_000n))).toMatch('violated');
  });

  test.each(['irq-off', 'smi', 'nmi', 'preempted'] as const)(
    'what it was held for by %s is legal, and not what comes after',
    (cause) => {
      const held = () => armed().at(4_000n).hold(0, cause).at(905_000n).release(0, cause);
      expect(judge(late(held(), 900_000n))).toBe('holds 1');
      // When it became due is known to some ns only.
      expect(judge(late(held(), 900_000n + BOUND_NS + 5n))).toMatch('violated');
    },
  );

  test('another vCPU that holds its interrupts is no excuse, one in the middle of an operation is', () => {
    const held = armed().at(4_000n).hold(1, 'irq-off').at(905_000n).release(1, 'irq-off');
    expect(judge(late(held, 900_000n))).toMatch('violated');
    const stopped = armed().at(4_000n).hold(1, 'preempted').at(905_000n).release(1, 'preempted');
    expect(judge(late(stopped, 900_000n))).toBe('holds 1');
  });

  test('a stop is no lateness, nor is a sleep', () => {
    const stopped = armed()
      .at(4_000n)
      .stop(0, 1)
      .at(10n ** 9n)
      .start(0, 1);
    expect(judge(stopped.fire(0, 3, MONO, 10n ** 9n))).toBe('holds 1');
    const slept = armed('CLOCK_BOOTTIME')
      .at(4_000n)
      .suspend(0)
      .at(10n ** 9n)
      .resume(0);
    expect(judge(slept.fire(0, 3, 'CLOCK_BOOTTIME', 10n ** 9n))).toBe('holds 1');
  });

  test('a set of the clock makes a timer due then, not before', () => {
    const set = () =>
      armed('CLOCK_REALTIME')
        .at(2_000n)
        .set(1, 10n ** 12n);
    const shown = 10n ** 12n + 3_000n;
    expect(judge(set().at(3_000n).fire(0, 3, 'CLOCK_REALTIME', shown))).toBe('holds 1');
    const waits = set()
      .at(60_000n)
      .fire(0, 3, 'CLOCK_REALTIME', shown + 57_000n);
    expect(judge(waits)).toMatch('violated');
  });

  test('each programming that came once it was due may put it off by the shortest delta', () => {
    const again = (): Story => armed().at(5_500n).device(0, 5_000n, 1_000n);
    expect(judge(late(again(), BOUND_NS + 1_006n))).toBe('holds 1');
    expect(judge(late(again(), BOUND_NS + 1_007n))).toMatch('violated');
  });

  test('a period is late from its own expiry', () => {
    const story = new Story().boot().arm(0, 3, MONO, 5_000n, 100_000n).device(0, 5_000n, 5_000n);
    story.at(5_000n).fire(0, 3, MONO, 5_000n).device(0, 105_000n, 100_000n);
    expect(judge(story.at(105_900n).fire(0, 3, MONO, 105_900n))).toBe('holds 2');
    expect(judge(story.at(215_000n).fire(0, 3, MONO, 215_000n))).toMatch('10000 ns late');
  });

  test('is vacuous without a device that is told of, for RAW, and for a counter tied to nothing', () => {
    expect(
      judge(
        new Story()
          .boot()
          .arm(0, 3, MONO, 0n)
          .at(10n ** 9n)
          .fire(0, 3, MONO, 10n ** 9n),
      ),
    ).toBe('vacuous');
    const raw = 'CLOCK_MONOTONIC_RAW';
    expect(judge(late(armed(raw), 10n ** 6n, raw))).toBe('vacuous');
    const untied = { vcpus: 2, declared: { counterPpb: null } };
    expect(judge(late(armed(), 10n ** 6n), untied)).toBe('vacuous');
  });

  test('shows the arming, the device and the callback', () => {
    const story = late(armed(), 10n ** 6n);
    expect(verdictOf(timerFiresWithinSlack, { vcpus: 2 }, story.events)).toMatchObject({
      violation: {
        expected: `timer 3 at most ${BOUND_NS} ns after 5000 ns on ${MONO}, interrupts being taken`,
        evidence: story.events.slice(-3),
      },
    });
  });

  test('a restored life takes up what was armed', () => {
    const story = armed()
      .save(0)
      .at(10n ** 9n)
      .restore(0, 1)
      .start(0, 1);
    expect(judge(story.at(10n ** 9n + 3_000n).fire(0, 3, MONO, 5_500n))).toBe('holds 1');
  });
});
