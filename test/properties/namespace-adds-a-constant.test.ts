import { describe, expect, test } from 'vitest';
import type { ClockId } from '../../src/contract/clock.js';
import { namespaceAddsAConstant as law } from '../../src/properties/namespace-adds-a-constant.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const KTIME_MAX = 2n ** 63n - 1n;
const setup: Setup = { vcpus: 2, timeNamespace: { monotonicNs: 10n * SEC, boottimeNs: -2n * SEC } };
const judge = (story: Story, of: Setup = setup): string =>
  summary(verdictOf(law, of, story.events));
const booted = (): Story => new Story().boot(2).at(SEC);

/** Read outside and inside at one counter value. */
const both = (clock: ClockId, ns: bigint, counter: bigint | null = 5n): Story =>
  booted().read(0, clock, 100n, counter).inside(1, clock, ns, counter);

describe('namespace-adds-a-constant', () => {
  test('MONOTONIC, RAW and MONOTONIC_COARSE are ahead by one constant', () => {
    expect(judge(both('CLOCK_MONOTONIC', 10n * SEC + 100n))).toBe('holds 1');
    expect(judge(both('CLOCK_MONOTONIC_RAW', 10n * SEC + 100n))).toBe('holds 1');
    expect(judge(both('CLOCK_MONOTONIC_COARSE', 10n * SEC + 100n, null))).toBe('holds 1');
  });

  test('BOOTTIME is by another, and the clocks that can be set by none', () => {
    expect(judge(both('CLOCK_BOOTTIME', 100n - 2n * SEC))).toBe('holds 1');
    for (const clock of ['CLOCK_REALTIME', 'CLOCK_TAI'] as const) {
      expect(judge(both(clock, 100n))).toBe('holds 1');
      expect(judge(both(clock, 10n * SEC + 100n))).toMatch('violated');
    }
    expect(judge(both('CLOCK_REALTIME_COARSE', 100n, null))).toBe('holds 1');
  });

  test('another difference is a violation, whoever reads first', () => {
    expect(judge(both('CLOCK_MONOTONIC', 10n * SEC + 101n))).toMatch(/^violated: 10000000101 ns/);
    const inside = booted().inside(1, 'CLOCK_MONOTONIC', 10n * SEC, 5n, 'vdso');
    expect(judge(inside.monotonic(0, 1n, 5n))).toMatch('violated');
    const sample = booted().snapshot(0, { counter: 5n, monotonicNs: 7n });
    expect(judge(sample.inside(1, 'CLOCK_MONOTONIC', 7n, 5n))).toMatch('violated');
  });

  test('across a publication or another counter value nothing is compared', () => {
    const then = (story: Story) => judge(story.inside(1, 'CLOCK_MONOTONIC', 0n, 5n));
    const first = () => booted().monotonic(0, 7n, 5n);
    expect(then(first().tick(0, 5n))).toBe('vacuous');
    expect(then(first().set(0, 0n))).toBe('vacuous');
    expect(then(booted().monotonic(0, 7n, 6n))).toBe('vacuous');
  });

  test('an absolute expiry inside is less the offset outside, not before 0 nor past the end', () => {
    const armed = (expiresNs: bigint, hostNs: bigint) =>
      judge(booted().armInside(0, 'CLOCK_MONOTONIC', expiresNs, hostNs));
    expect(armed(11n * SEC, SEC)).toBe('holds 1');
    expect(armed(9n * SEC, 0n)).toBe('holds 1');
    expect(armed(11n * SEC, 11n * SEC)).toMatch('violated');
    expect(judge(booted().armInside(0, 'CLOCK_BOOTTIME', KTIME_MAX, KTIME_MAX))).toBe('holds 1');
    expect(judge(booted().armInside(0, 'CLOCK_REALTIME', SEC, SEC))).toBe('holds 1');
    // The first repair of futex(2) took the offset from REALTIME as well.
    expect(judge(booted().armInside(0, 'CLOCK_REALTIME', 11n * SEC, SEC))).toMatch('violated');
  });

  test('a machine that declares no namespace is not tested', () => {
    expect(judge(both('CLOCK_MONOTONIC', 5n), { vcpus: 2 })).toBe('vacuous');
    expect(judge(booted().armInside(0, 'CLOCK_MONOTONIC', 9n, 1n), { vcpus: 2 })).toBe('vacuous');
  });
});
