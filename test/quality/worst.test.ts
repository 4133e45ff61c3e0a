import { expect, test } from 'vitest';
import { worst } from '../../src/app/worst.js';

/** What the command line spends where nothing else is asked for. */
const DEFAULT_BUDGET = { runs: 2_000, maxCommands: 100 };

test.each([1, 2, 3])(
  'with seed %i a RAW timer comes to 0.95 of what a rate change in a long idle explains, and not past it',
  async (seed) => {
    const { nearest, front } = await worst('raw-timer-drifts-only-in-idle', {
      seed,
      ...DEFAULT_BUDGET,
    });
    expect(nearest?.ratio).toBeGreaterThanOrEqual(0.95);
    for (const { ratio } of front) expect(ratio).toBeLessThanOrEqual(1);
  },
);
