import type { Cycles, Ns } from '../../contract/units.js';
import { u32, u64 } from '../../math/u64.js';

/** PVCLOCK_TSC_STABLE_BIT: readings on different vCPUs are of one monotone clock. */
export const PVCLOCK_TSC_STABLE = 1;
/** PVCLOCK_GUEST_STOPPED: watchdogs are to forgive a gap. */
export const PVCLOCK_GUEST_STOPPED = 2;

/** struct pvclock_vcpu_time_info, without its version: what a vCPU computes kvmclock from. */
export interface PvclockVcpuTimeInfo {
  readonly tscTimestamp: Cycles;
  /** What kvmclock shows there, ns. */
  readonly systemTime: Ns;
  readonly tscToSystemMul: bigint;
  readonly tscShift: number;
  readonly flags: number;
}

/** A rate as the page holds it: ns = ((delta << shift) * mul) >> 32, a negative shift to the right. */
export interface PvclockScale {
  readonly mul: bigint;
  readonly shift: number;
}

const U32 = 1n << 32n;

/** The largest mul below 2^32 that turns `fromHz` into `toHz`; truncated, so always slow. As kvm_get_time_scale(). */
export function pvclockScale(toHz: bigint, fromHz: bigint): PvclockScale {
  let scaled = toHz;
  let base = fromHz;
  let shift = 0;
  while (base > 2n * scaled || base >= U32) {
    base >>= 1n;
    shift--;
  }
  while (base <= scaled || scaled >= U32) {
    if (scaled >= U32 || base >= U32 >> 1n) scaled >>= 1n;
    else base <<= 1n;
    shift++;
  }
  return { mul: u32((scaled << 32n) / base), shift };
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
export function pvclockRead(page: PvclockVcpuTimeInfo, tsc: Cycles): Ns {
  const { tscTimestamp, systemTime, tscToSystemMul: mul, tscShift: shift } = page;
  return u64(systemTime + pvclockScaleDelta(u64(tsc - tscTimestamp), { mul, shift }));
}
