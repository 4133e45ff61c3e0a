import type { Premises } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { ceilDivide, max } from '../math/u64.js';
import { type Nominal, RATE_ONE } from './nominal.js';

/**
 * q of laws.md for a pair of fine reads, in ns times {@link RATE_ONE}: each value is a floor, and
 * so is each counter sample, so that two differ from the exact difference by less than 1 ns and a
 * cycle of the counter. Of counters of 1 GHz and more that is 2 ns.
 *
 * @param highest of the rate of the clock
 */
export function readQuantum({ cycle }: Nominal, highest: bigint): bigint {
  return RATE_ONE + max(ceilDivide(cycle * highest, RATE_ONE), RATE_ONE);
}

/**
 * What a counter that is held and let go loses or gains: a fraction of a cycle, and at least the 1
 * ns of laws.md, which is stopError of MONOTONIC for the guest's own suspend.
 */
export function holdErrorNs({ cycle }: Nominal): Ns {
  return max(ceilDivide(cycle, RATE_ONE), 1n);
}

/** stopError of MONOTONIC: declared; a counter that is held cannot do better than its cycle. */
export function stopErrorNs(premises: Premises, nominal: Nominal): Ns {
  return max(premises.declared.stopErrorNs.monotonic, holdErrorNs(nominal));
}
