import { describe, expect, test } from 'vitest';
import {
  cntpct,
  cntvct,
  NO_OFFSETS,
  nestedCntvct,
  setCounterOffset,
  writeTimerCount,
} from '../../../src/model/hypervisor/arm-counters.js';

const NESTED = { ...NO_OFFSETS, nested: 30n };

// virtualization.md section 6.
describe('the counters of an arm64 VM', () => {
  test('a write of the virtual one moves it alone, for all vCPUs, and what nests in it', () => {
    const written = writeTimerCount(NESTED, 1_000n, 100n);
    expect(cntvct(1_000n, written)).toBe(100n);
    expect(cntvct(1_005n, written)).toBe(105n);
    expect(nestedCntvct(1_005n, written)).toBe(75n);
    expect(cntpct(1_005n, written)).toBe(1_005n);
  });

  test('the last writer wins', () => {
    const first = writeTimerCount(NO_OFFSETS, 1_000n, 100n);
    expect(cntvct(1_010n, writeTimerCount(first, 1_010n, 90n))).toBe(90n);
  });

  test('one offset moves both by the same, and writes are ignored from then on', () => {
    const fixed = setCounterOffset(NESTED, 900n);
    expect([cntpct(1_000n, fixed), cntvct(1_000n, fixed)]).toEqual([100n, 100n]);
    expect(nestedCntvct(1_000n, fixed)).toBe(70n);
    expect(cntvct(1_000n, writeTimerCount(fixed, 1_000n, 7n))).toBe(100n);
  });

  test('are of 64 bits', () => {
    expect(cntvct(0n, { ...NO_OFFSETS, virtual: 1n })).toBe(2n ** 64n - 1n);
  });
});
