import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCounterexample } from '../../src/adapters/files.js';
import { replay } from '../../src/app/replay.js';
import type { Counterexample } from '../../src/contract/counterexample.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { FAULTS } from '../../src/model/faults/index.js';

const DIRECTORY = 'corpus';

function filesOf(directory: string): Promise<readonly Counterexample[]> {
  return Promise.all(
    readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => readCounterexample(`${directory}/${name}`)),
  );
}

const ofFaults = await filesOf(DIRECTORY);
const designs = readdirSync(`${DIRECTORY}/designs`);
const ofDesigns = new Map<string, readonly Counterexample[]>();
for (const name of designs) ofDesigns.set(name, await filesOf(`${DIRECTORY}/designs/${name}`));

describe('every counterexample of the corpus', () => {
  test.each([['faults', ofFaults], ...ofDesigns] as const)(
    'of %s still fails, with the violation it was kept for',
    async (_name, kept) => {
      expect(kept.length).toBeGreaterThan(0);
      for (const counterexample of kept) {
        const { fails, same } = await replay(counterexample, {});
        expect({ fails, same }, counterexample.property.name).toEqual({ fails: true, same: true });
      }
    },
  );
});

// A list of broken laws may not hide a false alarm: each entry has its schedule.
describe.each(DESIGNS.map(({ name, breaks }) => ({ name, breaks })))(
  '$name',
  ({ name, breaks }) => {
    test('has a counterexample of at most six commands of each law that it is said to break, and no other', () => {
      const kept = ofDesigns.get(name) ?? [];
      expect(kept.map(({ property }) => property.name).sort()).toEqual(
        breaks.map(({ law }) => law).sort(),
      );
      for (const { schedule, property } of kept) {
        expect(schedule.machine.vms[0]?.design).toBe(name);
        expect(schedule.commands.length, property.name).toBeLessThanOrEqual(6);
      }
    });
  },
);

describe.each(FAULTS.map(({ name, minimum }) => ({ name, minimum })))(
  '$name',
  ({ name, minimum }) => {
    test('has a counterexample of its minimum in the corpus', () => {
      const sizes = ofFaults
        .filter((each) => each.faults.join() === name)
        .map((each) => each.schedule.commands.length);
      expect(Math.min(...sizes)).toBe(minimum);
    });
  },
);
