import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clocksCalcMultShift,
  maskOf,
  maxAdjustment,
  nominalMultShift,
} from '../../src/math/mult-shift.js';

const spec = (freq: bigint, scale: bigint, widthBits: number) => ({
  name: 'counter',
  freq,
  scale,
  widthBits,
  nonstop: false,
});

describe('the nominal multiplier', () => {
  test.each([
    ['tsc 2.5 GHz', 2_500_000n, 1000n, 64, 6_710_886n, 24n],
    ['tsc 2.9999 GHz', 2_999_900n, 1000n, 64, 5_592_592n, 24n],
    ['tsc 2.0 GHz', 2_000_000n, 1000n, 64, 4_194_304n, 23n],
    ['tsc 4.0 GHz', 4_000_000n, 1000n, 64, 2_097_152n, 23n],
    ['kvm-clock', 1_000_000_000n, 1n, 64, 8_388_608n, 23n],
    ['arm 24 MHz', 24_000_000n, 1n, 56, 699_050_667n, 24n],
    ['acpi_pm', 3_579_545n, 1n, 24, 2_343_484_437n, 23n],
    ['hpet', 14_318_180n, 1n, 32, 2_343_484_437n, 25n],
  ])('of %s is the one that Linux registers', (_, freq, scale, bits, mult, shift) => {
    expect(nominalMultShift(spec(freq, scale, bits))).toEqual({ mult, shift });
  });

  test('with its adjustment fits 32 bits, and is near the exact rate', () => {
    const frequencies = fc.bigInt({ min: 1n, max: 2n ** 32n - 1n });
    const scales = fc.constantFrom(1n, 1000n);
    fc.assert(
      fc.property(frequencies, scales, fc.integer({ min: 8, max: 64 }), (freq, scale, bits) => {
        const { mult, shift } = nominalMultShift(spec(freq, scale, bits));
        expect(mult > 0n && mult + maxAdjustment(mult) < 2n ** 32n).toBe(true);
        expect(shift >= 0n && shift <= 32n).toBe(true);
        // mult / 2^shift = 10^9 / (freq * scale), to within two units of mult: one for each rounding.
        const error = mult * freq * scale - ((10n ** 9n) << shift);
        expect((error < 0n ? -error : error) <= 2n * freq * scale).toBe(true);
      }),
    );
  });
});

describe('the search for mult and shift', () => {
  test('a conversion over the whole span fits 64 bits', () => {
    const hertz = fc.bigInt({ min: 1000n, max: 2n ** 32n - 1n });
    fc.assert(
      fc.property(hertz, hertz, fc.bigInt({ min: 1n, max: 600n }), (from, to, maxSec) => {
        const { mult } = clocksCalcMultShift(from, to, maxSec);
        expect(from * maxSec * mult < 2n ** 64n).toBe(true);
      }),
    );
  });

  test('a clock event device of 1 GHz that is driven for one second gets the finest shift', () => {
    expect(clocksCalcMultShift(10n ** 9n, 10n ** 9n, 1n)).toEqual({ mult: 2n ** 31n, shift: 31n });
  });

  test('masks are all ones up to the width', () => {
    expect(maskOf(8)).toBe(0xffn);
    expect(maskOf(64)).toBe(2n ** 64n - 1n);
  });

  test('the adjustment is 11 percent, rounded down', () => {
    expect(maxAdjustment(2_343_484_437n)).toBe(257_783_288n);
  });
});
