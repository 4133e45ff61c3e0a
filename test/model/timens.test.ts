import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_IDS, TIMER_CLOCKS } from '../../src/contract/clock.js';
import { hostToTimens, INITIAL_TIMENS, timensToHost } from '../../src/model/timens.js';

const KTIME_MAX = 2n ** 63n - 1n;
const OFFSETS = { monotonic: -5_000_000_001n, boottime: 86_400_000_000_000n };

const offset = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
const offsets = fc.record({ monotonic: offset, boottime: offset });
const expiry = fc.bigInt({ min: 0n, max: KTIME_MAX });

describe('a clock read inside a time namespace', () => {
  test.each([
    ['CLOCK_MONOTONIC', OFFSETS.monotonic],
    ['CLOCK_MONOTONIC_RAW', OFFSETS.monotonic],
    ['CLOCK_MONOTONIC_COARSE', OFFSETS.monotonic],
    ['CLOCK_BOOTTIME', OFFSETS.boottime],
    ['CLOCK_REALTIME', 0n],
    ['CLOCK_REALTIME_COARSE', 0n],
    ['CLOCK_TAI', 0n],
  ] as const)('%s differs from the host by %d ns', (clock, by) => {
    expect(hostToTimens(clock, 7_000_000_000n, OFFSETS)).toBe(7_000_000_000n + by);
  });

  test('is the host clock in the initial one', () => {
    for (const clock of CLOCK_IDS) expect(hostToTimens(clock, 7n, INITIAL_TIMENS)).toBe(7n);
  });
});

describe('an absolute timer armed inside a time namespace', () => {
  test('expires when its clock shows the expiry, as far as ktime_t reaches', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIMER_CLOCKS), expiry, offsets, (clock, at, drawn) => {
        const host = timensToHost(clock, at, drawn);
        expect(host >= 0n && host <= KTIME_MAX).toBe(true);
        if (host > 0n && host < KTIME_MAX) expect(hostToTimens(clock, host, drawn)).toBe(at);
      }),
    );
  });

  test.each([
    ['before the host booted is due at once', 99n, { monotonic: 100n, boottime: 0n }, 0n],
    ['when the host booted is due at once', 100n, { monotonic: 100n, boottime: 0n }, 0n],
    ['a nanosecond later is not', 101n, { monotonic: 100n, boottime: 0n }, 1n],
    ['at the end of ktime_t never comes', KTIME_MAX, { monotonic: -1n, boottime: 0n }, KTIME_MAX],
    ['so far ahead never comes', KTIME_MAX - 5n, { monotonic: -9n, boottime: 0n }, KTIME_MAX],
    ['just before it comes then', KTIME_MAX - 9n, { monotonic: -8n, boottime: 0n }, KTIME_MAX - 1n],
  ])('%s', (_, at, drawn, host) => {
    expect(timensToHost('CLOCK_MONOTONIC', at, drawn)).toBe(host);
  });

  test('on REALTIME and TAI is the host timer', () => {
    expect(timensToHost('CLOCK_REALTIME', 5n, OFFSETS)).toBe(5n);
    expect(timensToHost('CLOCK_TAI', 5n, OFFSETS)).toBe(5n);
  });
});
