import { describe, expect, test } from 'vitest';
import { check } from '../../src/app/check.js';
import { DESIGNS } from '../../src/model/designs/index.js';

/** Half of maxCommands on average: a million commands, and some more. */
const RUNS = 21_000;

describe.each(DESIGNS.map(({ name, breaks }) => ({ name, breaks })))(
  'a million commands of the sound model under $name',
  ({ name, breaks }) => {
    test('break the laws that the design lists, each in at most six commands, and no other', async () => {
      const outcome = await check({ seed: 2026, runs: RUNS, maxCommands: 100, design: name });
      expect(outcome.commandsExecuted).toBeGreaterThan(1_000_000);
      const broken = outcome.laws
        .filter((law) => law.verdict === 'violated')
        .map((law) => law.name);
      expect(broken.sort()).toEqual(breaks.map(({ law }) => law).sort());
      for (const { schedule } of outcome.counterexamples) {
        expect(schedule.commands.length).toBeLessThanOrEqual(6);
      }
    });
  },
);

describe('every law', () => {
  test('is put to the test by the sound model', async () => {
    const outcome = await check({ seed: 1, runs: 1_000, maxCommands: 100 });
    expect(outcome.laws.filter((law) => law.witnesses === 0)).toEqual([]);
  });
});
