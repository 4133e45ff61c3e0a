import { describe, expect, test } from 'vitest';
import { lawsNamed } from '../../src/app/catalogue.js';
import { check } from '../../src/app/check.js';
import { replay } from '../../src/app/replay.js';
import { jsonOf } from '../../src/contract/wire.js';
import { FAULTS } from '../../src/model/faults/index.js';

async function outcomeOf(seed: number): Promise<string> {
  const outcome = await check({
    seed,
    runs: 300,
    maxCommands: 60,
    design: 'counters-run-on',
    faults: ['core-raw-subns-lost'],
  });
  return jsonOf({ ...outcome, elapsedMs: 0 });
}

describe('a search', () => {
  test('with the same seed says the same, byte for byte', async () => {
    expect(await outcomeOf(5)).toBe(await outcomeOf(5));
    expect(await outcomeOf(5)).not.toBe(await outcomeOf(6));
  });
});

/** Found in the middle within 1,500 runs, and not within 1,000: see finds.test.ts. */
const RARE: ReadonlySet<string> = new Set(['core-coarse-backwards']);

describe('the replay of a counterexample', () => {
  const cases = [
    ...FAULTS.map(({ name, breaks }) => {
      return { faults: [name], design: 'cooperative-freeze', names: breaks };
    }),
  ];

  // By the laws that it is said to break: the others only cost time.
  test.each(cases)('fails with the same violation: %o', async ({ faults, design, names }) => {
    const runs = RARE.has(faults.join()) ? 5_000 : 1_000;
    const laws = lawsNamed(names);
    const outcome = await check({ seed: 3, runs, maxCommands: 80, faults, design, laws });
    expect(outcome.counterexamples.length).toBeGreaterThan(0);
    for (const counterexample of outcome.counterexamples) {
      const { fails, same } = await replay(counterexample, {});
      expect({ fails, same }).toEqual({ fails: true, same: true });
    }
  });
});
