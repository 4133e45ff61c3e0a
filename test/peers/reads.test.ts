import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_IDS, type ClockId } from '../../src/contract/clock.js';
import type { Event } from '../../src/contract/event.js';
import type { Command } from '../../src/contract/schedule.js';
import { ADJ_FREQUENCY, SCALED_PPM } from '../../src/contract/timex.js';
import { elapse, ofKind, VCPU0 } from '../schedules.js';
import { adjtimex, COUNTERS, draws, MILLISECOND, play, ticking } from './guests.js';

// tools/testing/selftests/timers; the tolerance of both is 0 in peer-suites.md.

/** "64 back-to-back reads per loop". */
const READS = 64;

function read(clock: ClockId): Command {
  return { kind: 'read', actor: VCPU0, clock, via: 'syscall' };
}

/** The largest step back of any of the clocks; 0: none. */
function inconsistency(events: readonly Event[]): bigint {
  const last = new Map<ClockId, bigint>();
  let most = 0n;
  for (const { clock, ns } of ofKind(events, 'clock-read')) {
    const back = (last.get(clock) ?? ns) - ns;
    if (back > most) most = back;
    last.set(clock, ns);
  }
  return most;
}

describe('inconsistency-check', () => {
  test('no clock reads less than before, on any counter', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COUNTERS),
        fc.constantFrom(100, 250, 300, 1000),
        fc.constantFrom(...CLOCK_IDS),
        fc.nat({ max: 50_000 }),
        fc.nat(),
        ({ spec }, hz, clock, gapNs, seed) => {
          const draw = draws(seed);
          const loop = () => [
            elapse(draw(20_000_000)),
            ...Array.from({ length: READS }, () => [elapse(draw(gapNs + 1)), read(clock)]).flat(),
          ];
          const commands = Array.from({ length: 20 }, loop).flat();
          const events = play(ticking(spec, { hz }), commands);
          expect(ofKind(events, 'clock-read')).toHaveLength(20 * READS);
          expect(inconsistency(events)).toBe(0n);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe('skew_consistency', () => {
  test.each(COUNTERS)('MONOTONIC does not go back at 1200 turns of ±500 ppm: $counter', (on) => {
    const draw = draws(7);
    // "flip freq +-500 ppm every 0.5 s for 600 s": the reads are drawn around each turn.
    const turn = (at: number): readonly Command[] => {
      const freq = (at % 2 === 0 ? 500n : -500n) * SCALED_PPM;
      const reads = Array.from({ length: 8 }, () => [elapse(draw(2_000)), read('CLOCK_MONOTONIC')]);
      const set = adjtimex({ modes: ADJ_FREQUENCY, freq });
      return [...reads.flat(), set, ...reads.flat(), elapse(500n * MILLISECOND - draw(32_000))];
    };
    const commands = Array.from({ length: 1_200 }, (_, at) => turn(at)).flat();
    const events = play(ticking(on.spec, { hz: 100 }), commands);
    expect(ofKind(events, 'clock-read')).toHaveLength(1_200 * 16);
    expect(inconsistency(events)).toBe(0n);
  });
});
