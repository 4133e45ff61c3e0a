import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/contract/schedule.js';
import { ADJ_MAXERROR, ADJ_STATUS, STA_DEL, STA_INS, STA_PLL } from '../../src/contract/timex.js';
import { elapse, ofKind, VCPU0 } from '../schedules.js';
import { adjtimex, EPOCH_SEC, MILLISECOND, play, SECOND, SNAPSHOT, ticking } from './guests.js';

// tools/testing/selftests/timers/leap-a-day; "state exact" in peer-suites.md.

const [OK, INS, DEL, OOP, WAIT] = [0, 1, 2, 3, 4] as const;
const NEXT_LEAP = EPOCH_SEC + 3_600n;

/** As the suite with -s: to 10 s before midnight, NTP state cleared, the leap second ordered. */
function ordered(status: number): readonly Command[] {
  return [
    { kind: 'settime', actor: VCPU0, sec: NEXT_LEAP - 10n, nsec: 0n },
    adjtimex({ modes: ADJ_STATUS, status: STA_PLL }),
    adjtimex({ modes: ADJ_MAXERROR, maxerror: 0n }),
    adjtimex({ modes: ADJ_STATUS, status: 0 }),
    adjtimex({ modes: ADJ_STATUS, status }),
  ];
}

/** Its timer: absolute, for the midnight after which a leap second is over. */
const TIMER: Command = {
  kind: 'arm',
  actor: VCPU0,
  timer: 0,
  clock: 'CLOCK_REALTIME',
  expiresNs: NEXT_LEAP * SECOND,
  relative: false,
  slackNs: 0n,
};

const ASK: readonly Command[] = [SNAPSHOT, adjtimex({ modes: 0 })];
/** Twice a second for 13 s, a quarter of a second off each whole one. */
const LOOK: readonly Command[] = [
  elapse(250n * MILLISECOND),
  ...Array.from({ length: 26 }, () => [...ASK, elapse(500n * MILLISECOND)]).flat(),
];

/** States in the order seen, each with how many half seconds it lasted. */
function states(rets: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const ret of rets) {
    const last = runs.at(-1);
    if (last?.[0] === ret) last[1]++;
    else runs.push([ret, 1]);
  }
  return runs;
}

function looked(status: number) {
  const before = ordered(status);
  const events = play(ticking(), [...before, TIMER, ...LOOK]);
  const rets = ofKind(events, 'ntp-adjusted').map((event) => event.ret);
  return {
    states: states(rets.slice(before.length - 1)),
    snapshots: ofKind(events, 'snapshot-taken'),
    fired: ofKind(events, 'timer-fired'),
  };
}

describe('leap-a-day, STA_INS', () => {
  const { states, snapshots, fired } = looked(STA_INS);

  test('goes from OK to INS at the next second, is OOP for the second inserted, then WAIT', () => {
    // Seconds 0–1, 1–10, 10–11, 11–13 after the order.
    expect(states).toEqual([
      [OK, 2],
      [INS, 18],
      [OOP, 2],
      [WAIT, 4],
    ]);
  });

  test('TAI is continuous, and REALTIME one second back', () => {
    const half = 500n * MILLISECOND;
    const [first] = snapshots;
    expect(snapshots.map((at) => at.taiNs)).toEqual(
      snapshots.map((_, at) => (first?.taiNs ?? 0n) + BigInt(at) * half),
    );
    expect(snapshots.map((at) => (at.taiNs - at.realtimeNs) / SECOND)).toEqual(
      snapshots.map((_, at) => (at < 20 ? 0n : 1n)),
    );
  });

  test('the timer for midnight fires once, not a second early', () => {
    expect(fired).toHaveLength(1);
    // Midnight and the second inserted before it, in true time: 11 s after the order.
    expect(fired[0]?.latestNs).toBeGreaterThanOrEqual(11n * SECOND);
    expect(fired[0]?.readNs).toBeGreaterThanOrEqual(NEXT_LEAP * SECOND);
  });
});

describe('leap-a-day, STA_DEL', () => {
  const { states, snapshots, fired } = looked(STA_DEL);

  test('goes from OK to DEL, and to WAIT as 23:59:59 is left out', () => {
    expect(states).toEqual([
      [OK, 2],
      [DEL, 16],
      [WAIT, 8],
    ]);
  });

  test('TAI is continuous, and REALTIME one second on', () => {
    const steps = snapshots
      .slice(1)
      .map((at, before) => at.taiNs - (snapshots[before]?.taiNs ?? 0n));
    expect(new Set(steps)).toEqual(new Set([500n * MILLISECOND]));
    const [last] = snapshots.slice(-1);
    expect((last?.taiNs ?? 0n) - (last?.realtimeNs ?? 0n)).toBe(-SECOND);
  });

  test('the timer for midnight fires once, not early on REALTIME', () => {
    expect(fired).toHaveLength(1);
    expect(fired[0]?.readNs).toBeGreaterThanOrEqual(NEXT_LEAP * SECOND);
  });
});

describe('leap-a-day, its hrtimer failure', () => {
  // §12.7: timers foresee the leap by next_leap_ktime, so none fires a second early where the tick
  // is late.
  test('a timer for midnight waits for the second inserted, though no tick came', () => {
    const late = ticking(undefined, { tick: 'command' });
    const tick: Command = { kind: 'tick', actor: VCPU0 };
    const armed = [...ordered(STA_INS), TIMER, elapse(SECOND), tick];
    const events = play(late, [...armed, elapse(9_500n * MILLISECOND), tick, elapse(SECOND)]);
    const [fired] = ofKind(events, 'timer-fired');
    expect(fired?.latestNs).toBeGreaterThanOrEqual(11n * SECOND);
  });
});
