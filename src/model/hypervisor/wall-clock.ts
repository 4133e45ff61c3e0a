import { NSEC_PER_SEC, type Ns } from '../../contract/units.js';
import type { Timespec } from '../timespec.js';

/** When kvmclock was 0, in UTC: struct pvclock_wall_clock. Its seconds are of 32 bits, and begin anew in 2106. */
export interface WallClock {
  readonly sec: bigint;
  readonly nsec: bigint;
}

/**
 * What KVM writes when the guest, or a VMM that restores it, writes MSR_KVM_WALL_CLOCK_NEW, and at no other
 * time: a host whose REALTIME is set later leaves the page as it is.
 *
 * @param realtimeNs of the host, and `kvmclockNs` of the guest, at one instant
 */
export function wallClockOf(realtimeNs: Ns, kvmclockNs: Ns): WallClock {
  const epochNs = realtimeNs - kvmclockNs;
  return { sec: BigInt.asUintN(32, epochNs / NSEC_PER_SEC), nsec: epochNs % NSEC_PER_SEC };
}

/** REALTIME as the guest sets it up at boot. As pvclock_read_wallclock(). */
export function wallTime({ sec, nsec }: WallClock, kvmclockNs: Ns): Timespec {
  const ns = sec * NSEC_PER_SEC + nsec + kvmclockNs;
  return { sec: ns / NSEC_PER_SEC, nsec: ns % NSEC_PER_SEC };
}
