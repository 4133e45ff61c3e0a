import { describe, expect, test } from 'vitest';
import type { Timex } from '../../src/contract/schedule.js';
import {
  ADJ_FREQUENCY,
  ADJ_NANO,
  ADJ_SETOFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  SCALED_PPM,
} from '../../src/contract/timex.js';
import { elapse, ofKind } from '../schedules.js';
import { adjtimex, play, SECOND, SNAPSHOT, ticking } from './guests.js';

// tools/testing/selftests/timers; "exact" in peer-suites.md.

const EINVAL = -22;
const CLEAR = adjtimex({ modes: ADJ_STATUS, status: 0 });
const ASK = adjtimex({ modes: 0 });

/** What the call returned, and what a later question shows. */
function asked(timex: Timex) {
  const adjusted = ofKind(play(ticking(), [CLEAR, adjtimex(timex), ASK]), 'ntp-adjusted');
  return { ret: adjusted[1]?.ret, freq: adjusted[2]?.freq };
}

describe('valid-adjtimex, ADJ_FREQUENCY', () => {
  const FREQ = (freq: bigint): Timex => ({ modes: ADJ_FREQUENCY, freq });
  const ppm = [1, 5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 350, 400, 450, 499].map(BigInt);
  // The suite's list has 32 places and fills 31: the last is 0.
  const valid = [...ppm.map((n) => -n), ...ppm].map((n) => n * SCALED_PPM).concat(-1_000n, 0n);

  test('the list has the 32 values of the suite', () => {
    expect(new Set(valid).size).toBe(32);
  });

  test.each(valid)('%d is taken and read back', (freq) => {
    expect(asked(FREQ(freq))).toEqual({ ret: 0, freq });
  });

  test.each([-1_000n, -550n, 550n, 1_000n])('%d ppm is clamped to 500', (given) => {
    const limit = 500n * SCALED_PPM;
    expect(asked(FREQ(given * SCALED_PPM))).toEqual({ ret: 0, freq: given < 0n ? -limit : limit });
  });

  test.each([(1n << 63n) - 1n, -(1n << 63n)])('%d overflows and is refused', (freq) => {
    expect(asked(FREQ(freq))).toEqual({ ret: EINVAL, freq: 0n });
  });
});

describe('valid-adjtimex, ADJ_SETOFFSET', () => {
  /** How far REALTIME stepped, and what the call returned. */
  const stepped = (timeSec: bigint, timeUsec: bigint, nano: boolean) => {
    const modes = ADJ_SETOFFSET | (nano ? ADJ_NANO : 0);
    const step = adjtimex({ modes, timeSec, timeUsec });
    const events = play(ticking(), [elapse(SECOND), SNAPSHOT, step, SNAPSHOT]);
    const [before, after] = ofKind(events, 'snapshot-taken').map((event) => event.realtimeNs);
    const [{ ret = 0 } = {}] = ofKind(events, 'ntp-adjusted');
    return { refused: ret < 0 ? ret : undefined, stepNs: (after ?? 0n) - (before ?? 0n) };
  };
  /** A second short of one unit and beyond it, whole ones and halves, either way. */
  const offsets = (unit: bigint) =>
    [unit - 1n, 5n * unit, 5n * unit + unit / 2n].concat(
      [-unit + 1n, -unit - 1n, -5n * unit],
      -5n * unit - unit / 2n,
    );
  const rows = [
    ...offsets(SECOND).map((offset) => ({ offset, unit: SECOND, nano: true })),
    ...offsets(1_000_000n).map((offset) => ({ offset, unit: 1_000_000n, nano: false })),
  ];

  test.each(rows)('an offset of $offset/$unit s is taken as it is', ({ offset, unit, nano }) => {
    const fraction = ((offset % unit) + unit) % unit;
    const ns = (offset * SECOND) / unit;
    expect(stepped((offset - fraction) / unit, fraction, nano)).toEqual({ stepNs: ns });
  });

  test.each([
    [-1n, true],
    [-1n, false],
    [2n * SECOND, true],
    [2_000_000n, false],
    [SECOND, true],
    [1_000_000n, false],
    [-SECOND, true],
    [-1_000_000n, false],
  ])('a fraction of %d is refused (ns: %s)', (fraction, nano) => {
    expect(stepped(0n, fraction, nano)).toEqual({ refused: EINVAL, stepNs: 0n });
  });
});

describe('set-tai', () => {
  test('ADJ_TAI 0..59 reads back as TAI minus REALTIME', () => {
    const offsets = Array.from({ length: 60 }, (_, sec) => BigInt(sec));
    const commands = offsets.flatMap((constant) => [
      adjtimex({ modes: ADJ_TAI, constant }),
      SNAPSHOT,
    ]);
    const snapshots = ofKind(play(ticking(), commands), 'snapshot-taken');
    expect(snapshots.map((at) => at.taiNs - at.realtimeNs)).toEqual(
      offsets.map((sec) => sec * SECOND),
    );
  });
});
