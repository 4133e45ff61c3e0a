import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/contract/machine.js';
import type { Command } from '../../src/contract/schedule.js';
import { ADJ_FREQUENCY, ADJ_TICK } from '../../src/contract/timex.js';
import type { Ns } from '../../src/contract/units.js';
import { ofKind } from '../schedules.js';
import { adjtimex, COUNTERS, play, SECOND, SNAPSHOT, ticking, wait } from './guests.js';

// tools/testing/selftests/timers; tolerances as peer-suites.md has them.

/** MONOTONIC against RAW over a wait, in parts per 10^9 beside 1: what get_ppm_drift() measures. */
function measuredPpb(machine: Machine, before: readonly Command[], ns: Ns): number {
  const events = play(machine, [...before, SNAPSHOT, ...wait(ns), SNAPSHOT]);
  const [from, to] = ofKind(events, 'snapshot-taken');
  if (from === undefined || to === undefined) throw new Error('two snapshots were asked for');
  const raw = to.rawNs - from.rawNs;
  return (Number(to.monotonicNs - from.monotonicNs - raw) * 1e9) / Number(raw);
}

describe('raw_skew', () => {
  /** "1000 units of 1/1000 ppm = 1 ppm", over 120 s. */
  const TOLERANCE_PPB = 1_000;

  test('MONOTONIC against RAW is what adjtimex says, on any counter and at any frequency', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COUNTERS),
        fc.constantFrom(100, 250),
        fc.integer({ min: -500 * 65_536, max: 500 * 65_536 }),
        ({ spec }, hz, freq) => {
          const set = adjtimex({ modes: ADJ_FREQUENCY, freq: BigInt(freq) });
          const ppb = measuredPpb(ticking(spec, { hz }), [set, ...wait(SECOND)], 120n * SECOND);
          expect(Math.abs(ppb - (freq * 1_000) / 65_536)).toBeLessThan(TOLERANCE_PPB);
        },
      ),
      { numRuns: 12, seed: 1 },
    );
  });
});

describe('change_skew', () => {
  test.each([0, -500, 250, 500, -250])('raw_skew passes at %i ppm', (ppm) => {
    const set = adjtimex({ modes: ADJ_FREQUENCY, freq: BigInt(ppm * 65_536) });
    const ppb = measuredPpb(ticking(), [set, ...wait(SECOND)], 120n * SECOND);
    expect(Math.abs(ppb - ppm * 1_000)).toBeLessThan(1_000); // as raw_skew: 1 ppm
  });
});

describe('adjtick', () => {
  /** "tick -10%..+10% in 8 steps of 2.5%; measured vs requested ppm over 15 s: 100 ppm". */
  const TOLERANCE_PPB = 100_000;
  const ticks = [9_000n, 9_250n, 9_500n, 9_750n, 10_000n, 10_250n, 10_500n, 10_750n, 11_000n];

  test.each(COUNTERS)('the rate is the tick that was set: $counter', ({ spec }) => {
    for (const tick of ticks) {
      const set = adjtimex({ modes: ADJ_TICK, tick });
      const ppb = measuredPpb(ticking(spec), [set, ...wait(SECOND)], 15n * SECOND);
      const askedPpb = (Number(tick) - 10_000) * 100_000;
      expect(Math.abs(ppb - askedPpb), `tick ${tick}`).toBeLessThan(TOLERANCE_PPB);
    }
  });
});
