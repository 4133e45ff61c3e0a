import { describe, expect, test } from 'vitest';
import { STA_DEL, STA_INS, STA_UNSYNC } from '../../src/contract/timex.js';
import {
  KTIME_MAX,
  Ntp,
  TIME_DEL,
  TIME_INS,
  TIME_OK,
  TIME_OOP,
  TIME_WAIT,
  TIME64_MAX,
} from '../../src/model/ntp.js';

/** A UTC midnight. */
const MIDNIGHT = 1_719_792_000n;

const cleared = (hz = 250n) => {
  const ntp = new Ntp(hz);
  ntp.clear();
  return ntp;
};

describe('the length of a tick', () => {
  test.each([
    [100n, 10_000_000n],
    [250n, 4_000_000n],
    [300n, 3_333_333n],
    [1000n, 1_000_000n],
  ])('at HZ %d is nominal after a clear', (hz, ns) => {
    const ntp = cleared(hz);
    expect(ntp.tickNsec).toBe(ns);
    expect(ntp.tickLength).toBe(((10n ** 9n) << 32n) / hz);
  });

  test('takes up a change of frequency at once and keeps a slew in flight', () => {
    const ntp = cleared();
    ntp.timeAdjust = 600n;
    ntp.secondOverflow(1n);
    const slew = ntp.tickLength - ntp.tickLengthBase;
    ntp.timeFreq = 500_000n << 32n;
    ntp.updateFrequency();
    expect(ntp.tickLength - ntp.tickLengthBase).toBe(slew);
    expect(ntp.tickLengthBase).toBe(((10n ** 9n + 500_000n) << 32n) / 250n);
  });
});

describe('adjtime', () => {
  test.each([1n, -1n])('slews 500 µs in a second and the rest in the last, sign %d', (sign) => {
    const ntp = cleared();
    ntp.timeAdjust = sign * 600n;
    ntp.secondOverflow(1n);
    expect(ntp.timeAdjust).toBe(sign * 100n);
    expect(ntp.tickLength - ntp.tickLengthBase).toBe((sign * (500_000n << 32n)) / 250n);
    ntp.secondOverflow(2n);
    expect(ntp.timeAdjust).toBe(0n);
    expect(ntp.tickLength - ntp.tickLengthBase).toBe(sign * (400n << 32n));
    ntp.secondOverflow(3n);
    expect(ntp.tickLength).toBe(ntp.tickLengthBase);
  });

  test('at HZ 300 loses the part of a rest that is below one ns per tick', () => {
    const ntp = cleared(300n);
    ntp.timeAdjust = 1n;
    ntp.secondOverflow(1n);
    // 1000 ns in 300 ticks: 3 ns each, 100 ns lost.
    expect(ntp.tickLength - ntp.tickLengthBase).toBe(3n << 32n);
  });
});

describe('the PLL', () => {
  test('corrects the same share of what is left every second', () => {
    const ntp = cleared();
    ntp.timeConstant = 2n;
    ntp.timeOffset = 1_600n << 32n;
    ntp.secondOverflow(1n);
    expect(ntp.tickLength - ntp.tickLengthBase).toBe(100n << 32n);
    expect(ntp.timeOffset).toBe(1_500n << 32n);
  });

  test('never finishes a phase that is too small for a share', () => {
    const ntp = cleared();
    ntp.timeOffset = -15n;
    ntp.secondOverflow(1n);
    expect(ntp.timeOffset).toBe(-15n);
    expect(ntp.isSteady()).toBe(true);
  });
});

describe('a leap second to insert', () => {
  const inserting = () => {
    const ntp = cleared();
    ntp.timeStatus |= STA_INS;
    ntp.secondOverflow(MIDNIGHT - 100n);
    return ntp;
  };

  test('waits for the end of the UTC day, then goes through its states', () => {
    const ntp = inserting();
    expect(ntp.timeState).toBe(TIME_INS);
    expect(ntp.ntpNextLeapSec).toBe(MIDNIGHT);
    expect(ntp.nextLeap()).toBe(MIDNIGHT * 10n ** 9n);
    expect(ntp.secondOverflow(MIDNIGHT - 1n)).toBe(0n);
    expect(ntp.secondOverflow(MIDNIGHT)).toBe(-1n);
    expect(ntp.timeState).toBe(TIME_OOP);
    expect(ntp.ntpNextLeapSec).toBe(MIDNIGHT);
    ntp.secondOverflow(MIDNIGHT);
    expect(ntp.timeState).toBe(TIME_WAIT);
    expect(ntp.ntpNextLeapSec).toBe(TIME64_MAX);
    ntp.secondOverflow(MIDNIGHT + 1n);
    expect(ntp.timeState).toBe(TIME_WAIT);
    ntp.timeStatus &= ~STA_INS;
    ntp.secondOverflow(MIDNIGHT + 2n);
    expect(ntp.timeState).toBe(TIME_OK);
  });

  test('never happens if its second is jumped over', () => {
    const ntp = inserting();
    expect(ntp.secondOverflow(MIDNIGHT + 1n)).toBe(0n);
    expect(ntp.timeState).toBe(TIME_INS);
  });

  test('is called off by its status bit', () => {
    const ntp = inserting();
    ntp.timeStatus &= ~STA_INS;
    expect(ntp.nextLeap()).toBe(KTIME_MAX);
    ntp.secondOverflow(MIDNIGHT - 50n);
    expect(ntp.timeState).toBe(TIME_OK);
    expect(ntp.ntpNextLeapSec).toBe(TIME64_MAX);
  });

  test('asked for at midnight comes a day later', () => {
    const ntp = cleared();
    ntp.timeStatus |= STA_INS;
    ntp.secondOverflow(MIDNIGHT);
    expect(ntp.ntpNextLeapSec).toBe(MIDNIGHT + 86_400n);
  });

  test('asked for both ways is inserted', () => {
    const ntp = cleared();
    ntp.timeStatus |= STA_INS | STA_DEL;
    ntp.secondOverflow(MIDNIGHT - 100n);
    expect([ntp.timeState, ntp.ntpNextLeapSec]).toEqual([TIME_INS, MIDNIGHT]);
  });

  test('is lost by a clear, yet still counts as pending', () => {
    const ntp = inserting();
    ntp.clear();
    expect(ntp.timeState).toBe(TIME_INS);
    expect(ntp.nextLeap()).toBe(KTIME_MAX);
    expect(ntp.secondOverflow(MIDNIGHT)).toBe(0n);
  });
});

test('a leap second to delete drops the last second of the day, and hrtimers are not told', () => {
  const ntp = cleared();
  ntp.timeStatus |= STA_DEL;
  ntp.secondOverflow(MIDNIGHT - 100n);
  expect(ntp.timeState).toBe(TIME_DEL);
  expect(ntp.ntpNextLeapSec).toBe(MIDNIGHT - 1n);
  expect(ntp.nextLeap()).toBe(KTIME_MAX);
  expect(ntp.secondOverflow(MIDNIGHT - 1n)).toBe(1n);
  expect(ntp.timeState).toBe(TIME_WAIT);
});

test('a maxerror of 16 s is still synchronised, more is not', () => {
  const ntp = cleared();
  ntp.timeStatus = 0;
  ntp.timeMaxerror = 15_999_500n;
  ntp.secondOverflow(1n);
  expect([ntp.timeMaxerror, ntp.timeStatus]).toEqual([16_000_000n, 0]);
  ntp.secondOverflow(2n);
  expect([ntp.timeMaxerror, ntp.timeStatus]).toEqual([16_000_000n, STA_UNSYNC]);
});

describe('steady seconds', () => {
  test('pass at once as they pass one by one', () => {
    const [one, many] = [cleared(), cleared()];
    for (const ntp of [one, many]) {
      ntp.timeMaxerror = 15_990_000n;
      ntp.timeStatus = 0;
    }
    for (let sec = 1n; sec <= 25n; sec++) one.secondOverflow(sec);
    expect(many.isSteady()).toBe(true);
    many.passSteadySeconds(25n);
    expect(many).toEqual(one);
    expect(many.timeStatus).not.toBe(0);
  });

  test.each([
    ['a slew', (ntp: Ntp) => (ntp.timeAdjust = 1n)],
    ['a phase', (ntp: Ntp) => (ntp.timeOffset = 1n << 40n)],
    ['a second in mid-slew', (ntp: Ntp) => (ntp.tickLength += 1n)],
    ['a leap second ahead', (ntp: Ntp) => (ntp.timeStatus |= STA_INS)],
    ['a leap second just over', (ntp: Ntp) => (ntp.timeState = TIME_WAIT)],
  ])('are not those with %s', (_, disturb) => {
    const ntp = cleared();
    disturb(ntp);
    expect(ntp.isSteady()).toBe(false);
  });
});
