import { describe, expect, test } from 'vitest';
import type { TimerClockId } from '../../src/contract/clock.js';
import { timerFiresOnce } from '../../src/properties/timer-fires-once.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

function judge(story: Story): string {
  return summary(verdictOf(timerFiresOnce, {}, story.events));
}

const MONO = 'CLOCK_MONOTONIC';
const armed = (): Story => new Story().boot().arm(0, 3, MONO, 5_000n);

describe('timer-fires-once', () => {
  test('a one-shot calls back once for each arming', () => {
    const once = armed().fire(0, 3, MONO, 5_000n);
    expect(judge(once)).toBe('holds 1');
    expect(judge(once.fire(0, 3, MONO, 5_001n))).toBe(
      'violated: called back a second time, on vCPU 0',
    );
    const rearmed = armed().fire(0, 3, MONO, 5_000n).arm(0, 3, MONO, 9_000n);
    expect(judge(rearmed.fire(0, 3, MONO, 9_000n))).toBe('holds 2');
  });

  test('is vacuous without a callback, and for one that was not armed', () => {
    expect(judge(armed())).toBe('vacuous');
    expect(judge(armed().fire(0, 4, MONO, 5_000n).fire(0, 4, MONO, 5_000n))).toBe('vacuous');
  });

  test('a callback under way may come after a cancel, and no second one', () => {
    const late = armed().cancel(0, 3).fire(0, 3, MONO, 5_000n);
    expect(judge(late)).toBe('holds 1');
    expect(judge(late.fire(0, 3, MONO, 5_000n))).toMatch('a second time');
  });

  test('a restored life takes up the timers as the snapshot had them', () => {
    const pending = armed().save(0).fire(0, 3, MONO, 5_000n).restore(0, 1);
    expect(judge(pending.fire(0, 3, MONO, 5_000n))).toBe('holds 2');
    const done = armed().fire(0, 3, MONO, 5_000n).save(0).restore(0, 1);
    expect(judge(done.fire(0, 3, MONO, 5_000n))).toMatch('a second time');
    const clones = armed().save(0).restore(0, 1).fire(0, 3, MONO, 5_000n).restore(0, 2);
    expect(judge(clones.fire(0, 3, MONO, 5_000n))).toBe('holds 2');
  });

  test('says how it was armed, and shows both callbacks', () => {
    const story = armed().fire(0, 3, MONO, 5_000n).fire(0, 3, MONO, 5_000n);
    expect(verdictOf(timerFiresOnce, {}, story.events)).toMatchObject({
      violation: {
        expected: 'timer 3 once, as armed on vCPU 0',
        evidence: story.events.slice(-3),
      },
    });
  });
});

describe('timer-fires-once, interval timers', () => {
  const periodic = (clock: TimerClockId = MONO): Story =>
    new Story().boot().arm(0, 3, clock, 5_000n, 100n);

  test('the periods reported are those that passed', () => {
    // floor((5250 − 5000) / 100) + 1 = 3.
    const fire = (expirations: bigint) =>
      judge(periodic().fire(0, 3, MONO, 5_250n, 5_250n, expirations));
    expect(fire(3n)).toBe('holds 1');
    expect(fire(2n)).toBe('violated: 2 reported by the callback on vCPU 0');
    expect(fire(4n)).toBe('violated: 4 reported by the callback on vCPU 0');
  });

  test('those that pass between the comparison and the read may be reported or not', () => {
    const fire = (expirations: bigint) =>
      judge(periodic().fire(0, 3, MONO, 5_250n, 5_450n, expirations));
    expect(fire(2n)).toMatch('2 reported');
    for (const expirations of [3n, 4n, 5n]) expect(fire(expirations)).toBe('holds 1');
    expect(fire(6n)).toMatch('6 reported');
  });

  test('the sum of all deliveries counts', () => {
    const twice = (expirations: bigint) => {
      const story = periodic().fire(0, 3, MONO, 5_000n, 5_000n, 1n);
      return judge(story.fire(0, 3, MONO, 5_300n, 5_300n, expirations));
    };
    expect(twice(3n)).toBe('holds 2');
    expect(twice(2n)).toMatch('3 reported');
    expect(twice(4n)).toMatch('5 reported');
  });

  test('a delivery has at least one period', () => {
    const story = periodic().fire(0, 3, MONO, null, 5_250n, 0n);
    expect(judge(story)).toMatch('0 reported');
  });

  test('a recording bounds it from above, one comparison from below', () => {
    const fire = (compared: bigint | null, read: bigint | null, expirations: bigint) =>
      judge(periodic().fire(0, 3, MONO, compared, read, expirations));
    expect(fire(null, 5_250n, 1n)).toBe('holds 1');
    expect(fire(null, 5_250n, 4n)).toMatch('4 reported');
    expect(fire(5_250n, null, 9n)).toBe('holds 1');
    expect(fire(5_250n, null, 2n)).toMatch('2 reported');
    expect(fire(null, null, 1n)).toBe('vacuous');
    expect(fire(null, 4_999n, 1n)).toMatch('1 reported');
  });

  test('a count that saturates loses none', () => {
    const max = 2n ** 31n - 1n;
    const fire = (expirations: bigint) =>
      judge(periodic().fire(0, 3, MONO, 10n ** 12n, 10n ** 12n, expirations));
    expect(fire(max)).toBe('holds 1');
    expect(fire(max - 1n)).toMatch('reported');
  });

  test('a clock that may have been set back has no upper bound', () => {
    const set = (clock: TimerClockId) =>
      judge(periodic(clock).set(0, -5n).fire(0, 3, clock, 5_250n, 5_250n, 9n));
    expect(set('CLOCK_REALTIME')).toBe('holds 1');
    expect(set('CLOCK_TAI')).toBe('holds 1');
    expect(set(MONO)).toMatch('9 reported');
    const adjusted = periodic('CLOCK_REALTIME').adjust(0, { timex: { modes: 0 } });
    expect(judge(adjusted.fire(0, 3, 'CLOCK_REALTIME', 5_250n, 5_250n, 9n))).toBe('holds 1');
  });

  test('says the count that was owed', () => {
    const story = periodic().fire(0, 3, MONO, 5_250n, 5_250n, 2n);
    expect(verdictOf(timerFiresOnce, {}, story.events)).toMatchObject({
      violation: {
        expected: 'timer 3 with at least 3 periods of 100 ns since 5000 ns on CLOCK_MONOTONIC',
      },
    });
  });
});
