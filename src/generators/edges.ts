import type { ClocksourceSpec, Machine } from '../contract/machine.js';
import { NSEC_PER_SEC } from '../contract/units.js';
import { maskOf, maxAdjustment, nominalMultShift } from '../math/mult-shift.js';
import { min } from '../math/u64.js';

/** The longest time that one command lets pass is below 2^42 ns, 73 minutes: past every edge of a counter. */
export const LONGEST_BITS = 42;

const SEC_PER_DAY = 86_400n;

const known = new WeakMap<ClocksourceSpec, readonly number[]>();

/**
 * The durations at which the kernel decides, in ns: a tick, a second, what is left of the UTC day
 * (where leap seconds are), and of the counter max_cycles, a little less, the half, 7/8 (where an update takes it
 * to run backward) and the wrap.
 */
export function edgesOf(machine: Machine): readonly number[] {
  const tickNs = Number(NSEC_PER_SEC) / machine.hz;
  const spec = machine.vms[0]?.clocksource;
  if (spec === undefined) return [tickNs];
  let edges = known.get(spec);
  if (edges === undefined) {
    edges = counterEdges(spec);
    known.set(spec, edges);
  }
  const restOfDayNs = Number((SEC_PER_DAY - (machine.epochSec % SEC_PER_DAY)) * NSEC_PER_SEC);
  return [Math.floor(tickNs), ...[restOfDayNs].filter(isDrawable), ...edges];
}

function counterEdges(spec: ClocksourceSpec): readonly number[] {
  const { mult } = nominalMultShift(spec);
  const mask = maskOf(spec.widthBits);
  const maxCycles = min((2n ** 64n - 1n) / (mult + maxAdjustment(mult)), mask);
  const hz = spec.freq * spec.scale;
  const cycles = [maxCycles, overflow(maxCycles), mask + 1n, mask >> 1n, mask - (mask >> 3n)];
  const edges = cycles.map((count) => Number((count * NSEC_PER_SEC) / hz));
  return [Number(NSEC_PER_SEC), ...edges].filter(isDrawable);
}

/** Where a multiplier at the steepest slope that adjtimex(2) can ask for overflows, and readers do not know yet (§3). */
function overflow(maxCycles: bigint): bigint {
  return (maxCycles * 95n) / 100n;
}

function isDrawable(edge: number): boolean {
  return edge < 2 ** LONGEST_BITS;
}
