import { describe, expect, test } from 'vitest';
import { faults } from '../../src/app/matrix.js';
import type { FaultRow } from '../../src/contract/outcome.js';
import { FAULTS } from '../../src/model/faults/index.js';

const SEEDS = Array.from({ length: 20 }, (_, at) => 1 + at);

async function hunt(fault: string): Promise<readonly FaultRow[]> {
  const rows: FaultRow[] = [];
  for (const seed of SEEDS) {
    const outcome = await faults({ seed, runs: 5_000, maxCommands: 100, faults: [fault] });
    rows.push(...outcome.faults);
  }
  return rows;
}

/**
 * In the middle within so many runs. Few machines have the kernel of which the fault is one, and on it
 * two reads of a coarse clock, and a steeper rate between two ticks, must meet.
 */
const MEDIAN: Readonly<Record<string, number>> = { 'core-coarse-backwards': 1_500 };

/**
 * Commands that shrinking may leave beyond the proven minimum, of which no single one, no pair and no
 * number can go: the minimum is on another machine, or by way of a story in which nothing is the same.
 */
const BESIDE: Readonly<Record<string, number>> = {
  // A second vCPU whose counter is ahead spares the wait.
  'core-coarse-backwards': 1,
  // An announced leap second instead of ADJ_TAI: a wait more.
  'ntp-tai-offset-sign': 1,
  // What is owed builds up by HZ 300, or by adjtime(3), instead of a rate.
  'ntp-nohz-overcorrect': 4,
  // A machine that makes its own ticks needs no command for them.
  'ntp-leap-hrtimer-offset': 1,
  // A machine whose ticks are commands needs one in the last second and one after midnight.
  'timer-leap-edge-early': 3,
  // A rate that is in force already makes a timer early that is armed for longer, or again.
  'timer-raw-via-mono-nohz': 2,
  // A wait and a start in place of a longer wait.
  'virt-periodic-catchup-storm': 1,
  'timer-overrun-wrap': 1,
  'virt-xgene-cval-31bit': 1,
  // Where ticks are commands, a timer is what arms the deadline.
  'virt-tscdeadline-ntp-early-lost': 1,
};

describe.each(FAULTS.map(({ name, breaks, minimum }) => ({ name, breaks, minimum })))(
  '$name',
  ({ name, breaks, minimum }) => {
    test('is found on each of 20 seeds, in the middle within 200 runs, and shrunk to its minimum', async () => {
      const rows = await hunt(name);
      const runs = rows.map((row) => row.runs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
      expect(runs.at(-1)).toBeLessThanOrEqual(5_000);
      expect(runs[10]).toBeLessThanOrEqual(MEDIAN[name] ?? 200);
      for (const { commands } of rows) {
        expect(commands).toBeGreaterThanOrEqual(minimum);
        expect(commands).toBeLessThanOrEqual(minimum + (BESIDE[name] ?? 0));
      }
      for (const { caughtBy } of rows) {
        for (const law of caughtBy) expect(breaks).toContain(law);
      }
    });
  },
);
