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

/** Most that a pair of fine reads may be off what the rate asks for, in ns * RATE_ONE. */
export interface Slack {
  readonly monotonic: bigint;
  readonly raw: bigint;
}

/**
 * q, and with declared skew what a read behind `cycle_last` adds, which shows `cycle_last`; where
 * the slope of MONOTONIC changes that is another 2 * skew * (change of rate).
 */
export function slackOf(
  { declared, strict }: Premises,
  nominal: Nominal,
  { highest, lowest }: { readonly highest: bigint; readonly lowest: bigint },
): Slack {
  const { skewNs, raw } = nominal;
  const { publicationNs } = declared;
  let monotonic = readQuantum(nominal, highest) + skewNs * highest;
  // Whole ns as those of Publication: one for the earlier read's line, one for the later's.
  if (skewNs > 0n) monotonic += 2n * (skewNs * (highest - lowest) + RATE_ONE);
  if (publicationNs !== null && publicationNs > 0n && !strict.has('publication')) {
    monotonic += publicationNs * (highest - lowest) + RATE_ONE;
  }
  return { monotonic, raw: readQuantum(nominal, raw.hi) + skewNs * raw.hi };
}

/**
 * What a counter that is held and let go loses or gains: a fraction of a cycle, and at least the 1
 * ns of laws.md, which is stopError of MONOTONIC for the guest's own suspend.
 */
export function holdErrorNs({ cycle }: Nominal): Ns {
  return cycle <= RATE_ONE ? 1n : ceilDivide(cycle, RATE_ONE);
}

/** stopError of MONOTONIC: declared; a counter that is held cannot do better than its cycle. */
export function stopErrorNs(premises: Premises, nominal: Nominal): Ns {
  return max(premises.declared.stopErrorNs.monotonic, holdErrorNs(nominal));
}
