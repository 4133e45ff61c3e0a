import type { ClockId, TimerClockId } from '../contract/clock.js';
import type { Vm } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';
import { KTIME_MAX } from './ntp.js';

/** What a time namespace adds to its host's clocks: struct timens_offsets. May be negative. */
export interface TimensOffsets {
  /** For MONOTONIC, MONOTONIC_RAW and MONOTONIC_COARSE. */
  readonly monotonic: Ns;
  /** For BOOTTIME. */
  readonly boottime: Ns;
}

/** Those of the namespace that some tasks of a VM are in; undefined: there is none. */
export function timensOf({ timeNamespace }: Vm): TimensOffsets | undefined {
  if (timeNamespace === undefined) return undefined;
  return { monotonic: timeNamespace.monotonicNs, boottime: timeNamespace.boottimeNs };
}

/** The namespace that a machine boots with. */
export const INITIAL_TIMENS: TimensOffsets = { monotonic: 0n, boottime: 0n };

/** What a clock of the namespace is ahead of the host's; the clocks that can be set have no offset. */
export function timensOffset(clock: ClockId, offsets: TimensOffsets): Ns {
  switch (clock) {
    case 'CLOCK_MONOTONIC':
    case 'CLOCK_MONOTONIC_RAW':
    case 'CLOCK_MONOTONIC_COARSE':
      return offsets.monotonic;
    case 'CLOCK_BOOTTIME':
      return offsets.boottime;
    case 'CLOCK_REALTIME':
    case 'CLOCK_REALTIME_COARSE':
    case 'CLOCK_TAI':
      return 0n;
  }
}

/**
 * A clock as a task inside reads it, by the system call or by the vDSO, whose page of the namespace
 * holds the offsets. As timens_add_monotonic() and timens_add_boottime(), do_hres_timens().
 */
export function hostToTimens(clock: ClockId, hostNs: Ns, offsets: TimensOffsets): Ns {
  return hostNs + timensOffset(clock, offsets);
}

/**
 * The absolute expiry on the host's clock of a timer that a task inside armed for `expiresNs`, in
 * [0, KTIME_MAX]. What lies before the namespace's zero on the host is due at once; what lies past
 * the end of ktime_t never comes. As do_timens_ktime_to_host(). A relative timer needs none of it.
 *
 * @param expiresNs in [0, KTIME_MAX]
 */
export function timensToHost(clock: TimerClockId, expiresNs: Ns, offsets: TimensOffsets): Ns {
  const hostNs = expiresNs - timensOffset(clock, offsets);
  if (hostNs < 0n) return 0n;
  return hostNs > KTIME_MAX ? KTIME_MAX : hostNs;
}
