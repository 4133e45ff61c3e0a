import { describe, expect, test } from 'vitest';
import type { Property } from '../../src/contract/property.js';
import { candidates } from '../../src/generators/candidates.js';
import { draw } from '../../src/generators/draw.js';
import { mutate } from '../../src/generators/mutate.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { type Aim, nearest } from '../../src/runner/worst.js';
import { neverTested, toyClock } from './toy.js';

const BOUND_NS = 2n ** 40n;

/** The last read shows at most so much: a bound that one long wait, or many, come near to. */
function readsBelow(boundNs: bigint): Property {
  return {
    ...neverTested,
    measure: { what: 'value of a read', perNs: 1n },
    monitor: ({ onDistance }) => ({
      'clock-read'({ ns }) {
        onDistance?.({ value: ns, bound: boundNs });
        return 'held';
      },
    }),
  };
}

const drawing = { designs: DESIGNS, maxCommands: 30 };

function aim(change: Partial<Aim<Parameters<typeof candidates>[1]>> = {}) {
  return {
    subject: toyClock(2n ** 60n),
    property: readsBelow(BOUND_NS),
    strict: new Set<never>(),
    seed: 1,
    runs: 600,
    draw: (run: number) => draw(1, run, drawing),
    mutate: (schedule: Parameters<typeof mutate>[0], prng: Parameters<typeof mutate>[1]) =>
      mutate(schedule, prng, drawing),
    candidates,
    isOver: () => false,
    onProgress: () => undefined,
    ...change,
  };
}

describe('the search for the nearest to a bound', () => {
  test('gets further by mutants than by as many draws', async () => {
    const drawn = await nearest(
      aim({ mutate: (_schedule, prng) => draw(2, prng.next(), drawing) }),
    );
    const mutated = await nearest(aim());
    expect(mutated.front[0]?.value).toBeGreaterThan(drawn.front[0]?.value ?? 0n);
  });

  test('says the same for the same seed', async () => {
    expect(await nearest(aim())).toEqual(await nearest(aim()));
  });

  test('leaves what it shows no longer than it must be', async () => {
    const { front } = await nearest(aim());
    // One wait and one read.
    expect(front[0]?.schedule.commands.length).toBe(2);
  });

  test('keeps the nearest for each magnitude of the bound, nearest first', async () => {
    const property: Property = {
      ...readsBelow(BOUND_NS),
      monitor: ({ onDistance }) => ({
        'clock-read'({ ns }) {
          onDistance?.({ value: ns > 0n ? 9n : 8n, bound: ns > 1_000n ? 1_000n : 10n });
          return 'held';
        },
      }),
    };
    const { front } = await nearest(aim({ property }));
    expect(front.map(({ value, bound }) => [value, bound])).toEqual([
      [9n, 10n],
      [9n, 1_000n],
    ]);
  });

  test('finds nothing where the law measures nothing, and says so', async () => {
    expect((await nearest(aim({ property: neverTested }))).front).toEqual([]);
  });

  test('ends when it is told to', async () => {
    const found = await nearest(aim({ isOver: () => true }));
    expect(found).toMatchObject({ cut: true, runs: 0 });
  });
});
