import { describe, expect, test } from 'vitest';
import type { TimerClockId } from '../../src/contract/clock.js';
import { ADJ_NANO, ADJ_SETOFFSET, ADJ_TAI, STA_INS } from '../../src/contract/timex.js';
import { timerNeverFiresEarly } from '../../src/properties/timer-never-fires-early.js';
import { Story } from './events.js';
import { KVM_CLOCK, MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(timerNeverFiresEarly, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
const armed = (clock: TimerClockId = 'CLOCK_MONOTONIC'): Story => booted().arm(0, 3, clock, 5_000n);

describe('timer-never-fires-early', () => {
  test('what the expiry code compared with is at or past the expiry', () => {
    const fire = (ns: bigint) => judge(armed().fire(0, 3, 'CLOCK_MONOTONIC', ns));
    expect(fire(5_000n)).toBe('holds 1');
    expect(fire(4_999n)).toBe(
      'violated: called back on vCPU 0 and compared with 4999 ns: 1 ns early',
    );
  });

  test('so is what the callback reads', () => {
    const fire = (ns: bigint) => judge(armed().fire(0, 3, 'CLOCK_MONOTONIC', 5_000n, ns));
    expect(fire(5_000n)).toBe('holds 1');
    expect(fire(4_999n)).toMatch('read 4999 ns: 1 ns early');
  });

  test('of a recording what the process read after it woke up', () => {
    const fire = (ns: bigint) => judge(armed().fire(0, 3, 'CLOCK_MONOTONIC', null, ns));
    expect(fire(5_000n)).toBe('holds 1');
    expect(fire(4_999n)).toMatch('1 ns early');
  });

  test('is vacuous where nothing is known, was armed, or is armed any more', () => {
    expect(judge(armed())).toBe('vacuous');
    expect(judge(armed().fire(0, 3, 'CLOCK_MONOTONIC', null))).toBe('vacuous');
    expect(judge(booted().fire(0, 3, 'CLOCK_MONOTONIC', 1n))).toBe('vacuous');
    expect(judge(armed().cancel(1, 3).fire(0, 3, 'CLOCK_MONOTONIC', 1n))).toBe('vacuous');
  });

  test('where only the comparison is known, that is judged', () => {
    expect(judge(armed().fire(0, 3, 'CLOCK_MONOTONIC', 5_000n, null))).toBe('holds 1');
  });

  test('arming again counts from then on', () => {
    const story = armed().arm(1, 3, 'CLOCK_BOOTTIME', 9_000n);
    expect(judge(story.fire(1, 3, 'CLOCK_BOOTTIME', 8_999n))).toMatch('1 ns early');
  });

  test('an interval timer moves on by the periods it reports', () => {
    const story = (ns: bigint) => {
      const periodic = booted().arm(0, 3, 'CLOCK_MONOTONIC', 5_000n, 100n);
      periodic.fire(0, 3, 'CLOCK_MONOTONIC', 5_250n, 5_250n, 3n);
      return judge(periodic.fire(0, 3, 'CLOCK_MONOTONIC', ns));
    };
    expect(story(5_300n)).toBe('holds 2');
    expect(story(5_299n)).toMatch('1 ns early');
  });

  test('a restored life takes up the timers of its snapshot', () => {
    const story = armed().at(5n).save(0).cancel(0, 3).restore(0, 1).start(0, 1);
    expect(judge(story.fire(0, 3, 'CLOCK_MONOTONIC', 4_999n))).toMatch('1 ns early');
  });

  test('says the bound, and shows the arming', () => {
    const story = armed('CLOCK_BOOTTIME').fire(1, 3, 'CLOCK_BOOTTIME', 1n);
    expect(verdictOf(timerNeverFiresEarly, {}, story.events)).toMatchObject({
      violation: {
        expected: 'timer 3 at or after 5000 ns on CLOCK_BOOTTIME',
        evidence: story.events.slice(-2),
      },
    });
  });
});

describe('timer-never-fires-early, clocks that are set', () => {
  /** Fires at 10 with what was compared, and `readNs`. */
  const fire = (story: Story, clock: TimerClockId, compared: bigint | null, readNs: bigint) =>
    judge(story.at(10n).fire(0, 3, clock, compared, readNs));

  test('a set between the comparison and the read may put REALTIME and TAI back', () => {
    for (const clock of ['CLOCK_REALTIME', 'CLOCK_TAI'] as const) {
      const set = (): Story => armed(clock).at(10n).set(1, -300n);
      expect(fire(set(), clock, 5_000n, 4_700n)).toBe('holds 1');
      expect(fire(set(), clock, 5_000n, 4_699n)).toMatch('1 ns early');
    }
    expect(fire(armed().at(10n).set(1, -300n), 'CLOCK_MONOTONIC', 5_000n, 4_999n)).toMatch('early');
  });

  test('one before the callback may not, nor one forward', () => {
    const before = armed('CLOCK_REALTIME').at(9n).set(1, -300n);
    expect(fire(before, 'CLOCK_REALTIME', 5_000n, 4_999n)).toMatch('1 ns early');
    const forward = armed('CLOCK_REALTIME').at(10n).set(1, 300n);
    expect(fire(forward, 'CLOCK_REALTIME', 5_000n, 4_999n)).toMatch('1 ns early');
  });

  test('no set excuses the comparison', () => {
    const set = armed('CLOCK_REALTIME').at(10n).set(1, -300n);
    expect(fire(set, 'CLOCK_REALTIME', 4_999n, 5_000n)).toMatch('1 ns early');
  });

  test('where the comparison is not known all sets since the arming count', () => {
    const set = (): Story => armed('CLOCK_REALTIME').at(5n).set(1, -300n).set(1, -200n);
    expect(fire(set(), 'CLOCK_REALTIME', null, 4_500n)).toBe('holds 1');
    expect(fire(set(), 'CLOCK_REALTIME', null, 4_499n)).toMatch('1 ns early');
    const earlier = booted().set(0, -300n).arm(0, 3, 'CLOCK_REALTIME', 5_000n);
    expect(fire(earlier, 'CLOCK_REALTIME', null, 4_999n)).toMatch('1 ns early');
  });

  test('an offset by adjtimex(2) is a set, an inserted leap second may be one', () => {
    const back = (timex: object, status = 0): Story =>
      armed('CLOCK_REALTIME').adjust(0, { timex: { modes: 0, ...timex }, status });
    const nano = { modes: ADJ_SETOFFSET | ADJ_NANO, timeSec: -1n, timeUsec: SEC - 300n };
    expect(fire(back(nano), 'CLOCK_REALTIME', null, 4_700n)).toBe('holds 1');
    expect(fire(back(nano), 'CLOCK_REALTIME', null, 4_699n)).toMatch('1 ns early');
    const micro = { modes: ADJ_SETOFFSET, timeSec: -1n, timeUsec: 999_999n };
    expect(fire(back(micro), 'CLOCK_REALTIME', null, 4_000n)).toBe('holds 1');
    expect(fire(back(micro), 'CLOCK_REALTIME', null, 3_999n)).toMatch('1 ns early');
    expect(fire(back({ modes: ADJ_SETOFFSET }), 'CLOCK_REALTIME', null, 4_999n)).toMatch('early');
    expect(fire(back({}, STA_INS), 'CLOCK_REALTIME', null, 5_000n - SEC)).toBe('holds 1');
  });

  test('after ADJ_TAI what a TAI timer reads says nothing', () => {
    const tai = { timex: { modes: ADJ_TAI, constant: 37n } };
    const story = armed('CLOCK_TAI').arm(0, 4, 'CLOCK_REALTIME', 5_000n).adjust(0, tai);
    expect(judge(story.fire(0, 3, 'CLOCK_TAI', null, 1n))).toBe('vacuous');
    expect(judge(story.fire(0, 3, 'CLOCK_TAI', 5_000n, 1n))).toBe('holds 1');
    expect(judge(story.fire(0, 4, 'CLOCK_REALTIME', null, 1n))).toMatch('early');
  });
});

describe('timer-never-fires-early, publication', () => {
  const STEEP = MULT + 838_860n;
  const window = (): Story =>
    armed().at(5_000n).sampled(1, 5_000n, STEEP).at(6_000n).published(1, 6_000n, MULT);

  test('a publication on another vCPU during the callback may lower what it reads', () => {
    // B2: 1000 * 838860 >> 23 = 99, and 1.
    const fire = (ns: bigint): Story =>
      window().at(5_500n, 6_100n).fire(0, 3, 'CLOCK_MONOTONIC', 5_000n, ns);
    expect(judge(fire(4_900n))).toBe('holds 1');
    expect(judge(fire(4_899n))).toMatch('1 ns early');
    expect(judge(fire(4_900n), { strict: ['publication'] })).toMatch('100 ns early');
  });

  test('one before the callback may not, nor one on its own vCPU', () => {
    const later = window().at(6_001n).fire(0, 3, 'CLOCK_MONOTONIC', 5_000n, 4_999n);
    expect(judge(later)).toMatch('1 ns early');
    const own = window().at(5_500n, 6_100n).fire(1, 3, 'CLOCK_MONOTONIC', 5_000n, 4_999n);
    expect(judge(own)).toMatch('1 ns early');
  });

  test('without tick events the declared time bounds it', () => {
    const declared = { publicationNs: 1_000n, ratePpb: { lowest: -100_000_000n, highest: 0n } };
    const fire = (ns: bigint): Story => armed().fire(0, 3, 'CLOCK_MONOTONIC', 5_000n, ns);
    expect(judge(fire(4_899n), { declared })).toBe('holds 1');
    expect(judge(fire(4_898n), { declared })).toMatch('1 ns early');
    expect(judge(fire(4_999n), { declared: { publicationNs: 0n } })).toMatch('1 ns early');
  });
});

describe('timer-never-fires-early, at the interrupt', () => {
  const given = (counter: bigint): Story =>
    new Story().boot().deadline(0, 1_000n, 0n).at(1_000n).deadlineInterrupt(0, counter);
  const arm = { clocksource: { ...KVM_CLOCK, name: 'arch_sys_counter', widthBits: 56 } };

  test('on Arm it is not early by a cycle', () => {
    expect(summary(verdictOf(timerNeverFiresEarly, arm, given(1_000n).events))).toBe('holds 1');
    expect(summary(verdictOf(timerNeverFiresEarly, arm, given(999n).events))).toBe(
      'violated: given on vCPU 0 at 999: 1 cycles early',
    );
  });

  test('on x86 it may be, and where nothing was written nothing is said', () => {
    expect(summary(verdictOf(timerNeverFiresEarly, {}, given(1n).events))).toBe('vacuous');
    const none = new Story().boot().deadlineInterrupt(0, 1n);
    expect(summary(verdictOf(timerNeverFiresEarly, arm, none.events))).toBe('vacuous');
  });
});
