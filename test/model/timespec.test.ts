import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addTimespec,
  compareTimespec,
  isValidSettod,
  isValidStrict,
  normalizedTimespec,
  nsToTimespec,
  subtractTimespec,
  timespecToNs,
} from '../../src/model/timespec.js';

const ns = () => fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });

describe('timespecs', () => {
  test('a time just before 1970 has a negative second and a positive rest', () => {
    expect(nsToTimespec(-1n)).toEqual({ sec: -1n, nsec: 999_999_999n });
    expect(normalizedTimespec(5n, -1_500_000_000n)).toEqual({ sec: 3n, nsec: 500_000_000n });
  });

  test('sums, differences and order are those of the nanoseconds', () => {
    fc.assert(
      fc.property(ns(), ns(), (a, b) => {
        const [x, y] = [nsToTimespec(a), nsToTimespec(b)];
        expect(timespecToNs(addTimespec(x, y))).toBe(a + b);
        expect(timespecToNs(subtractTimespec(x, y))).toBe(a - b);
        expect(Math.sign(compareTimespec(x, y))).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect(x.nsec >= 0n && x.nsec < 10n ** 9n).toBe(true);
      }),
    );
  });

  test('equal seconds are told apart by their nanoseconds', () => {
    expect(compareTimespec({ sec: 1n, nsec: 2n }, { sec: 1n, nsec: 1n })).toBe(1);
    expect(compareTimespec({ sec: 1n, nsec: 1n }, { sec: 1n, nsec: 1n })).toBe(0);
  });
});

describe('validity', () => {
  test.each([
    [{ sec: 0n, nsec: 0n }, true, true],
    [{ sec: -1n, nsec: 0n }, false, false],
    [{ sec: 0n, nsec: -1n }, false, false],
    [{ sec: 0n, nsec: 1_000_000_000n }, false, false],
    // Thirty years of uptime below the end of ktime_t: 9223372036 - 946080000 s.
    [{ sec: 8_277_292_035n, nsec: 0n }, true, true],
    [{ sec: 8_277_292_036n, nsec: 0n }, true, false],
    [{ sec: 9_223_372_036n, nsec: 0n }, false, false],
  ])('%o may be a sleep: %s, may be set: %s', (ts, strict, settod) => {
    expect([isValidStrict(ts), isValidSettod(ts)]).toEqual([strict, settod]);
  });
});
