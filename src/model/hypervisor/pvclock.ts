import type { PvclockLine, PvclockScale } from '../../math/pvclock.js';
import { u32 } from '../../math/u64.js';

export { type PvclockScale, pvclockRead, pvclockScaleDelta } from '../../math/pvclock.js';

/** PVCLOCK_TSC_STABLE_BIT: readings on different vCPUs are of one monotone clock. */
export const PVCLOCK_TSC_STABLE = 1;
/** PVCLOCK_GUEST_STOPPED: watchdogs are to forgive a gap. */
export const PVCLOCK_GUEST_STOPPED = 2;

/** struct pvclock_vcpu_time_info, without its version: what a vCPU computes kvmclock from. */
export interface PvclockVcpuTimeInfo extends PvclockLine {
  readonly flags: number;
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
