import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCounterexample } from '../../src/adapters/files.js';
import { check } from '../../src/app/check.js';
import { replay } from '../../src/app/replay.js';
import type { Counterexample } from '../../src/contract/counterexample.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { FAULTS } from '../../src/model/faults/index.js';

const DIRECTORY = 'corpus';

const corpus: readonly Counterexample[] = await Promise.all(
  readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readCounterexample(`${DIRECTORY}/${name}`)),
);

function kept(design: string, law: string, faults: readonly string[]): Counterexample | undefined {
  return corpus.find(
    ({ schedule, property, faults: injected }) =>
      schedule.machine.vms[0]?.design === design &&
      property.name === law &&
      injected.join() === faults.join(),
  );
}

describe('every counterexample of the corpus', () => {
  test('still fails, with the violation it was kept for', async () => {
    expect(corpus.length).toBeGreaterThan(0);
    for (const counterexample of corpus) {
      const { fails, same } = await replay(counterexample, {});
      expect({ fails, same }, counterexample.property.name).toEqual({ fails: true, same: true });
    }
  });
});

// A list of broken laws may not hide a false alarm: each entry has its schedule and its witness.
const entries = DESIGNS.flatMap(({ name, breaks }) => breaks.map(({ law }) => ({ name, law })));

describe.each(entries)('$name is said to break $law', ({ name, law }) => {
  test('which the corpus shows in at most six commands', () => {
    const counterexample = kept(name, law, []);
    expect(counterexample?.schedule.commands.length).toBeLessThanOrEqual(6);
  });

  test('which 100,000 drawn commands show', async () => {
    const outcome = await check({ seed: 8, runs: 2_100, maxCommands: 100, design: name });
    expect(outcome.laws.find((each) => each.name === law)?.verdict).toBe('violated');
  });
});

describe.each(FAULTS.map(({ name, minimum }) => ({ name, minimum })))(
  '$name',
  ({ name, minimum }) => {
    test('has a counterexample of its minimum in the corpus', () => {
      const sizes = corpus
        .filter((each) => each.faults.join() === name)
        .map((each) => each.schedule.commands.length);
      expect(Math.min(...sizes)).toBe(minimum);
    });
  },
);
