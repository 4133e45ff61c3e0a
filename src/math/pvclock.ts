import type { Cycles, Ns } from '../contract/units.js';
import { u64 } from './u64.js';

/** A rate as the page holds it: ns = ((delta << shift) * mul) >> 32, a negative shift to the right. */
export interface PvclockScale {
  readonly mul: bigint;
  readonly shift: number;
}

/** The line that a page of kvmclock describes: struct pvclock_vcpu_time_info without version and flags. */
export interface PvclockLine {
  readonly tscTimestamp: Cycles;
  /** What kvmclock shows there, ns. */
  readonly systemTime: Ns;
  readonly tscToSystemMul: bigint;
  readonly tscShift: number;
}

/** ns that a number of cycles takes at the page's rate. As pvclock_scale_delta(). */
export function pvclockScaleDelta(delta: Cycles, { mul, shift }: PvclockScale): Ns {
  const shifted = shift < 0 ? delta >> BigInt(-shift) : u64(delta << BigInt(shift));
  return u64((shifted * mul) >> 32n);
}

/**
 * kvmclock at a TSC value, ns. As pvclock_clocksource_read().
 *
 * A TSC below the page's timestamp counts as almost 2^64 cycles beyond it.
 */
export function pvclockRead(page: PvclockLine, tsc: Cycles): Ns {
  const { tscTimestamp, systemTime, tscToSystemMul: mul, tscShift: shift } = page;
  return u64(systemTime + pvclockScaleDelta(u64(tsc - tscTimestamp), { mul, shift }));
}
