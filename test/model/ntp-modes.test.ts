import { describe, expect, test } from 'vitest';
import type { Timex } from '../../src/contract/schedule.js';
import {
  ADJ_ESTERROR,
  ADJ_FREQUENCY,
  ADJ_MAXERROR,
  ADJ_MICRO,
  ADJ_NANO,
  ADJ_OFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  ADJ_TICK,
  ADJ_TIMECONST,
  STA_NANO,
  STA_PLL,
  STA_UNSYNC,
} from '../../src/contract/timex.js';
import { Ntp, STA_FLL, STA_FREQHOLD, STA_MODE } from '../../src/model/ntp.js';
import { processAdjtimexModes } from '../../src/model/ntp-modes.js';

const REAL_SEC = 1_700_000_000n;
/** ns/s << 32 in one ppm. */
const PPM = 1_000n << 32n;

const apply = (ntp: Ntp, timex: Timex, realSec = REAL_SEC) =>
  processAdjtimexModes(ntp, timex, realSec, 37n);

/** A PLL in nanoseconds, switched on at REAL_SEC. */
const locked = (constant: bigint, status = 0) => {
  const ntp = new Ntp(250n);
  ntp.clear();
  apply(ntp, {
    modes: ADJ_STATUS | ADJ_NANO | ADJ_TIMECONST,
    status: STA_PLL | status,
    constant,
  });
  return ntp;
};

describe('limits', () => {
  test.each([
    [600n, 500n],
    [-600n, -500n],
    [123n, 123n],
  ])('%d ppm are kept within 500', (asked, kept) => {
    const ntp = new Ntp(250n);
    apply(ntp, { modes: ADJ_FREQUENCY, freq: asked << 16n });
    expect(ntp.timeFreq).toBe(kept * PPM);
  });

  test.each([
    [-1n, 0n],
    [20_000_000n, 16_000_000n],
    [5n, 5n],
  ])('an error of %d µs counts as %d', (asked, kept) => {
    const ntp = new Ntp(250n);
    apply(ntp, { modes: ADJ_MAXERROR | ADJ_ESTERROR, maxerror: asked, esterror: asked });
    expect([ntp.timeMaxerror, ntp.timeEsterror]).toEqual([kept, kept]);
  });

  test.each([
    [true, 3n, 3n],
    [true, 12n, 10n],
    [true, -1n, 0n],
    [false, 3n, 7n],
    [false, 8n, 10n],
  ])('in ns (%s) a time constant of %d is %d', (nano, asked, kept) => {
    const ntp = new Ntp(250n);
    const unit = nano ? ADJ_NANO : ADJ_MICRO;
    apply(ntp, { modes: ADJ_TIMECONST | unit, constant: asked });
    expect(ntp.timeConstant).toBe(kept);
  });

  test.each([
    [0n, 0n],
    [100_000n, 100_000n],
    [100_001n, 37n],
    [-1n, 37n],
  ])('a TAI offset of %d gives %d', (asked, kept) => {
    expect(apply(new Ntp(250n), { modes: ADJ_TAI, constant: asked })).toBe(kept);
  });

  test('a field left out is 0', () => {
    const ntp = locked(2n);
    ntp.timeFreq = 5n;
    const all =
      ADJ_STATUS | ADJ_FREQUENCY | ADJ_MAXERROR | ADJ_ESTERROR | ADJ_TAI | ADJ_OFFSET | ADJ_TICK;
    expect(apply(ntp, { modes: all })).toBe(0n);
    expect([ntp.timeFreq, ntp.timeMaxerror, ntp.tickUsec]).toEqual([0n, 0n, 0n]);
  });
});

describe('the status', () => {
  test('leaving the PLL drops the nanoseconds and the leap second', () => {
    const ntp = locked(2n, 0x10);
    expect(ntp.timeStatus & STA_NANO).not.toBe(0);
    apply(ntp, { modes: ADJ_STATUS, status: 0 });
    expect(ntp.timeStatus).toBe(0);
  });

  test('cannot set what only the kernel sets', () => {
    const ntp = new Ntp(250n);
    apply(ntp, { modes: ADJ_STATUS, status: 0xffff });
    expect(ntp.timeStatus).toBe(0xff);
  });
});

describe('a new phase', () => {
  test('is not looked at without the PLL', () => {
    const ntp = new Ntp(250n);
    ntp.timeStatus = STA_UNSYNC;
    apply(ntp, { modes: ADJ_OFFSET, offset: 1_000n });
    expect(ntp.timeOffset).toBe(0n);
  });

  test.each([
    [true, 600_000_000n, 500_000_000n],
    [true, -600_000_000n, -500_000_000n],
    [false, 1_000n, 1_000_000n],
    [false, 2_000_000n, 500_000_000n],
    [false, -(2n ** 60n), -500_000_000n],
  ])('in ns (%s) of %d is %d ns', (nano, asked, ns) => {
    const ntp = locked(2n);
    apply(ntp, { modes: ADJ_OFFSET | (nano ? ADJ_NANO : ADJ_MICRO), offset: asked });
    expect(ntp.timeOffset).toBe((ns << 32n) / 250n);
  });

  test('moves the frequency by phase times interval', () => {
    const ntp = locked(0n);
    apply(ntp, { modes: ADJ_OFFSET, offset: 10_000n }, REAL_SEC + 8n);
    // 8 s at time constant 0: 10 µs * 8 / 2^8 = 312.5 ns/s.
    expect(ntp.timeFreq).toBe(((10_000n * 8n) << 32n) / 256n);
  });

  test('does not move a frequency that is held', () => {
    const ntp = locked(0n, STA_FREQHOLD);
    apply(ntp, { modes: ADJ_OFFSET, offset: 10_000n }, REAL_SEC + 8n);
    expect(ntp.timeFreq).toBe(0n);
  });

  test.each([
    ['below 256 s', 0, 255n, false],
    ['between, without FLL', 0, 2_048n, false],
    ['between, with FLL', STA_FLL, 256n, true],
    ['above 2048 s', 0, 2_049n, true],
  ])('%s is averaged by the FLL or not', (_, status, secs, averaged) => {
    const ntp = locked(10n, status);
    const offset = 1_000_000n;
    apply(ntp, { modes: ADJ_OFFSET, offset }, REAL_SEC + secs);
    const pll = (offset * secs) << 4n;
    const fll = averaged ? (offset << 30n) / secs : 0n;
    expect(ntp.timeFreq).toBe(pll + fll);
    expect((ntp.timeStatus & STA_MODE) !== 0).toBe(averaged);
  });

  test.each([
    // B9: REALTIME was set back between two offsets, so the interval is negative.
    ['by 10000 s moves it the wrong way', 10_000n, 10_000n, -390_625n],
    ['by 6 years wraps 64 bits', 200_000_000n, 400_000_000n, 500_000n],
  ])('after a step back %s', (_, back, offset, ppb) => {
    const ntp = locked(0n);
    apply(ntp, { modes: ADJ_OFFSET, offset }, REAL_SEC - back);
    expect(ntp.timeFreq).toBe(ppb << 32n);
  });
});
