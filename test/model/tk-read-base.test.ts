import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registerClocksource } from '../../src/model/clocksource.js';
import { KERNEL_RULES } from '../../src/model/rules.js';
import { clocksourceDelta, cyclesToNs, ktime, TkReadBase } from '../../src/model/tk-read-base.js';
import { COUNTERS } from './booted.js';

const readBase = (counter: (typeof COUNTERS)[keyof typeof COUNTERS], cycleLast: bigint) => {
  const tkr = new TkReadBase(registerClocksource(counter));
  tkr.cycleLast = cycleLast;
  return tkr;
};
const ns = (tkr: TkReadBase, counter: bigint) => cyclesToNs(KERNEL_RULES, tkr, counter);

describe('converting cycles', () => {
  test('is exact, however long the gap, up to half the width of the counter', () => {
    const delta = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(delta, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (gap, last) => {
        const tkr = readBase(COUNTERS.tsc25, last);
        expect(ns(tkr, last + gap)).toBe((gap * tkr.mult) >> tkr.shift);
      }),
    );
  });

  test('a 64-bit counter behind the last update shows the time of that update', () => {
    const tkr = readBase(COUNTERS.tsc25, 1_000n);
    tkr.xtimeNsec = 77n << tkr.shift;
    expect(ns(tkr, 999n)).toBe(77n);
  });

  test('an acpi_pm one cycle behind shows almost a whole wrap more', () => {
    const tkr = readBase(COUNTERS.acpipm, 1_000n);
    expect(Number(ns(tkr, 999n)) / 1e9).toBeCloseTo(4.687, 3);
  });

  test('an hpet one cycle behind shows 299.97 s more', () => {
    expect(Number(ns(readBase(COUNTERS.hpet, 5n), 4n)) / 1e9).toBeCloseTo(299.97, 2);
  });

  test('a narrow counter that wrapped goes on', () => {
    const tkr = readBase(COUNTERS.acpipm, 0xff_fff0n);
    expect(ns(tkr, 0x10n)).toBe((0x20n * tkr.mult) >> tkr.shift);
  });
});

describe('the progress that an update counts', () => {
  const { acpipm } = COUNTERS;
  const clock = registerClocksource(acpipm);

  test.each([
    [100n, 350n, 250n],
    [100n, 100n + clock.maxRawDelta, clock.maxRawDelta],
    [100n, 101n + clock.maxRawDelta, 0n],
    [100n, 99n, 0n],
    // The cycleLast of a narrow counter grows past its width.
    [clock.mask + 101n, 350n, 250n],
  ])('from %d to %d is %d cycles', (last, now, cycles) => {
    expect(clocksourceDelta(last, now, clock)).toBe(cycles);
  });
});

test('a time past the end of ktime_t wraps', () => {
  expect(ktime(2n ** 63n - 1n)).toBe(2n ** 63n - 1n);
  expect(ktime(2n ** 63n)).toBe(-(2n ** 63n));
});

test('a copy does not follow its original', () => {
  const tkr = readBase(COUNTERS.kvm1g, 5n);
  const copy = readBase(COUNTERS.hpet, 0n);
  copy.copyFrom(tkr);
  expect(copy).toEqual(tkr);
  tkr.cycleLast = 6n;
  expect(copy.cycleLast).toBe(5n);
});
