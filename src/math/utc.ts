import type { Machine } from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';

/** UTC at true time `atNs`, ns since 1970: an inserted leap second is the second before it once more. */
export function utcNs({ epochSec, leapSecond }: Machine, atNs: Ns): Ns {
  const leapNs = leapSecond !== undefined && atNs >= leapSecond.atNs ? NSEC_PER_SEC : 0n;
  return epochSec * NSEC_PER_SEC + atNs - leapNs;
}
