import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  abs,
  bitLength,
  ceilDivide,
  ilog2,
  max,
  min,
  s32,
  s64,
  symmetricShiftRight,
  u32,
  u64,
} from '../../src/math/u64.js';

const wide = () => fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n });
const natural = () => fc.bigInt({ min: 0n, max: 2n ** 130n });

describe('wrapping', () => {
  test.each([
    [u64, 64n, 0n],
    [u32, 32n, 0n],
    [s64, 64n, -(2n ** 63n)],
    [s32, 32n, -(2n ** 31n)],
  ] as const)('%o keeps the value modulo its width and stays in range', (wrap, bits, lowest) => {
    fc.assert(
      fc.property(wide(), (n) => {
        const wrapped = wrap(n);
        expect((n - wrapped) % 2n ** bits).toBe(0n);
        expect(wrapped >= lowest && wrapped < lowest + 2n ** bits).toBe(true);
      }),
    );
  });

  test('the first number past the range becomes the lowest', () => {
    expect(u64(2n ** 64n)).toBe(0n);
    expect(s64(2n ** 63n)).toBe(-(2n ** 63n));
    expect(u32(-1n)).toBe(0xffff_ffffn);
    expect(s32(0xffff_ffffn)).toBe(-1n);
  });
});

describe('shifting', () => {
  test('the symmetric shift rounds toward zero on both sides', () => {
    expect(symmetricShiftRight(-5n, 1n)).toBe(-2n);
    expect(-5n >> 1n).toBe(-3n);
    fc.assert(
      fc.property(wide(), fc.bigInt({ min: 0n, max: 70n }), (n, by) => {
        expect(symmetricShiftRight(n, by)).toBe(n / 2n ** by);
      }),
    );
  });
});

describe('counting bits', () => {
  test('0 has no bit and every power of two one more than the one below it', () => {
    expect(bitLength(0n)).toBe(0);
    expect(ilog2(0n)).toBe(-1);
    for (let bit = 0; bit < 130; bit++) {
      expect(bitLength(2n ** BigInt(bit))).toBe(bit + 1);
      expect(ilog2(2n ** BigInt(bit + 1) - 1n)).toBe(bit);
    }
  });

  test('a number lies between the powers of two that its length names', () => {
    fc.assert(
      fc.property(natural(), (n) => {
        const length = BigInt(bitLength(n));
        expect(n < 2n ** length).toBe(true);
        expect(n === 0n || n >= 2n ** (length - 1n)).toBe(true);
      }),
    );
  });
});

describe('dividing and comparing', () => {
  test('ceilDivide is the smallest integer that is not below the quotient', () => {
    fc.assert(
      fc.property(wide(), fc.bigInt({ min: 1n, max: 2n ** 70n }), (a, b) => {
        const quotient = ceilDivide(a, b);
        expect(quotient * b >= a).toBe(true);
        expect((quotient - 1n) * b < a).toBe(true);
      }),
    );
  });

  test('min, max and abs agree with the order of the integers', () => {
    fc.assert(
      fc.property(wide(), wide(), (a, b) => {
        expect([min(a, b), max(a, b)]).toEqual(a < b ? [a, b] : [b, a]);
        expect(abs(a)).toBe(max(a, -a));
      }),
    );
  });
});
