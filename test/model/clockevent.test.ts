import { describe, expect, test } from 'vitest';
import type { ClockeventSpec } from '../../src/contract/machine.js';
import { Clockevent } from '../../src/model/clockevent.js';
import { KERNEL_RULES } from '../../src/model/rules.js';

const GHZ = 1_000_000_000n;
const SECOND = 1_000_000_000n;

function device(spec?: ClockeventSpec, isTscDeadline = false, counterHz = GHZ): Clockevent {
  return new Clockevent({ spec, counterHz, isTscDeadline, rules: KERNEL_RULES });
}

/** Cycles until it interrupts that was programmed at counter 0 and MONOTONIC 0 for `ns`. */
function cycles(of: Clockevent, ns: bigint): bigint | undefined {
  of.program(ns, 0n, 0n);
  return of.deadline;
}

describe('a timer device', () => {
  test('waits for so many cycles, at least and at most what it can', () => {
    expect(cycles(device(), SECOND)).toBe(GHZ);
    expect(cycles(device(), -5n)).toBe(1_000n);
    expect(cycles(device(), 10_000n * SECOND)).toBe(600n * GHZ);
  });

  test('goes by its shortest delta where its longest is shorter', () => {
    const odd = { ratePpb: 0n, minDeltaNs: 5_000n, maxDeltaNs: 10n };
    expect(cycles(device(odd), SECOND)).toBe(5_000n);
  });

  test.each([
    // 10^9 / 1.01 and 10^9 / 0.99, rounded up.
    [10_000_000n, 990_099_010n],
    [-10_000_000n, 1_010_101_011n],
  ])('that drifts by %d ppb is through after %d cycles of 10^9', (ratePpb, count) => {
    const drifting = { ratePpb, minDeltaNs: 1_000n, maxDeltaNs: 600n * SECOND };
    expect(cycles(device(drifting), SECOND)).toBe(count);
  });

  test('of x86 is programmed in eighths: up to 7 cycles short (§12.5)', () => {
    const tsc = device(undefined, true, 2_500_000_000n);
    // 1009 ns are 2522.5 cycles: 315 eighths of them.
    expect(cycles(tsc, 1_009n)).toBe(2_520n);
  });

  test('that is shut down waits for nothing, and a snapshot keeps what it waits for', () => {
    const one = device();
    one.program(5_000n, 1_000n, 7n);
    const saved = one.save();
    one.shutdown();
    expect([one.deadline, one.nextEvent]).toEqual([undefined, undefined]);
    one.load(saved);
    expect([one.deadline, one.nextEvent, one.deltaNs]).toEqual([4_007n, 5_000n, 4_000n]);
  });
});
