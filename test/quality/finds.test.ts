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

describe.each(FAULTS.map(({ name, breaks, minimum }) => ({ name, breaks, minimum })))(
  '$name',
  ({ name, breaks, minimum }) => {
    test('is found on each of 20 seeds, in the middle within 200 runs, and shrunk to its minimum', async () => {
      const rows = await hunt(name);
      const runs = rows.map((row) => row.runs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
      expect(runs.at(-1)).toBeLessThanOrEqual(5_000);
      expect(runs[10]).toBeLessThanOrEqual(200);
      expect(rows.map((row) => row.commands)).toEqual(rows.map(() => minimum));
      for (const { caughtBy } of rows) {
        for (const law of caughtBy) expect(breaks).toContain(law);
      }
    });
  },
);
