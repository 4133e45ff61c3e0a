import { describe, expect, test } from 'vitest';
import { stopCausesNoTimerStorm } from '../../src/properties/stop-causes-no-timer-storm.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(stopCausesNoTimerStorm, setup, story.events));
}

const MONO = 'CLOCK_MONOTONIC';
const SEC = 10n ** 9n;

/** A timer each 100 ms, and a stop from 1 s to 11 s after which MONOTONIC shows it. */
const stopped = (): Story =>
  new Story()
    .boot()
    .arm(0, 3, MONO, 0n, SEC / 10n)
    .at(SEC)
    .stop(0)
    .at(11n * SEC)
    .start(0);

/** So many callbacks, a millisecond apart. */
function fires(story: Story, count: number, fromNs = 11n * SEC): Story {
  for (let at = 0n; at < BigInt(count); at++) {
    story.at(fromNs + at * 1_000_000n).fire(0, 3, MONO, fromNs);
  }
  return story;
}

describe('stop-causes-no-timer-storm', () => {
  test('after a stop comes one callback for what was missed, and one that may be due anyway', () => {
    expect(judge(fires(stopped(), 2))).toBe('holds 2');
    expect(judge(fires(stopped(), 3))).toBe('violated: 3 on vCPU 0');
  });

  test('as often as the period fits into the time since, it may come in any case', () => {
    const story = fires(stopped(), 2);
    for (const tenth of [1n, 2n, 3n]) {
      const atNs = 11n * SEC + (tenth * SEC) / 10n;
      story.at(atNs).fire(0, 3, MONO, atNs);
    }
    expect(judge(story)).toBe('holds 5');
  });

  test('a sleep is a stop, and a boot is none', () => {
    const slept = new Story()
      .boot()
      .arm(0, 3, 'CLOCK_BOOTTIME', 0n, SEC / 10n)
      .at(SEC)
      .suspend(0);
    expect(judge(fires(slept.at(11n * SEC).resume(0), 3))).toMatch('3 on vCPU 0');
    expect(judge(fires(new Story().boot().arm(0, 3, MONO, 0n, SEC / 10n), 9, 0n))).toBe('vacuous');
  });

  test('each jump of the clock may bring one more', () => {
    const set = stopped().set(0, SEC);
    expect(judge(fires(set, 3))).toBe('holds 3');
    expect(judge(fires(stopped().set(0, SEC), 4))).toMatch('violated');
  });

  test('is vacuous for a one-shot, after a cancel, and once the time to settle has passed', () => {
    const once = new Story()
      .boot()
      .arm(0, 3, MONO, 0n)
      .at(SEC)
      .stop(0)
      .at(11n * SEC)
      .start(0);
    expect(judge(fires(once, 9))).toBe('vacuous');
    expect(judge(fires(stopped().cancel(0, 3), 9))).toBe('vacuous');
    expect(judge(fires(stopped(), 9, 12n * SEC + 1n))).toBe('vacuous');
  });

  test('a restored life was stopped', () => {
    const story = new Story()
      .boot()
      .arm(0, 3, MONO, 0n, SEC / 10n)
      .save(0)
      .restore(0, 1)
      .start(0);
    expect(judge(fires(story, 3, 0n))).toMatch('violated');
  });
});
