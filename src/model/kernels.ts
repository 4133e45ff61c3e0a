import type { KernelVersion } from '../contract/machine.js';

/** What differs between the modelled kernels; §n is a section of the timekeeping specification. */
export interface KernelDifferences {
  /**
   * Whether a change of mult adds to ntp_error the time by which it back-dates the new rate; else
   * that time is never repaid. A change of 2026 that 6.12.110 took over (§14); 6.13 and 6.15 were
   * released, and no longer maintained, before it.
   */
  readonly adjustmentEntersNtpError: boolean;
  /**
   * Whether every writer changes the shadow copy and publishes at the end, as the tick always did:
   * since 6.13 (§14). A settime or a step that is refused late then restores the shadow: it
   * publishes nothing, forgets no NTP state, and no one is told that the clock was set. Before, it
   * had changed the published copy in place and had to publish that.
   *
   * No operation here is stopped amid a settime, so that 6.13's write section no longer covers
   * its arithmetic shows nowhere. Floors for file time stamps are not modelled.
   */
  readonly writersChangeShadow: boolean;
  /**
   * Whether the coarse clocks have a value of their own: since 6.15, where they "no longer step
   * back" (§14). It is MONOTONIC at cycle_last when the counter was last accounted for, by a tick
   * that accumulated or by a writer's forward_now; setting REALTIME moves it against REALTIME only.
   * An update without that, a frequency by adjtimex(2) within a tick or a TAI offset, leaves it
   * where it is. Before, it was xtime at every update, which such a frequency takes back by
   * offset * Δmult (§6.4). Either way coarse lags fine by less than one cycle interval at the
   * counter value that an accounting update sampled.
   *
   * Mainline's coarse_nsec holds the nanoseconds alone, and two steps back remain there that the
   * specification does not know of and no recording shows; they are not modelled. It takes
   * xtime_sec as it is, so a frequency that moves xtime across the start of a second leaves the
   * coarse clocks a second off until the next tick. And a writer whose counter is behind the one
   * that the frequency was set at takes them back by as much as xtime went.
   */
  readonly coarseIsSeparate: boolean;
}

export const KERNELS: Readonly<Record<KernelVersion, KernelDifferences>> = {
  '6.12.109': {
    adjustmentEntersNtpError: false,
    writersChangeShadow: false,
    coarseIsSeparate: false,
  },
  '6.12.117': {
    adjustmentEntersNtpError: true,
    writersChangeShadow: false,
    coarseIsSeparate: false,
  },
  '6.13': {
    adjustmentEntersNtpError: false,
    writersChangeShadow: true,
    coarseIsSeparate: false,
  },
  '6.15': {
    adjustmentEntersNtpError: false,
    writersChangeShadow: true,
    coarseIsSeparate: true,
  },
};
