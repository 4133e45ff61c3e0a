import type { EventOf } from '../contract/event.js';
import type { Machine } from '../contract/machine.js';
import { STA_INS } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { beyondNs, type RealtimeErrorNs, shifted } from './realtime-bound.js';

interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/**
 * What a guest knows of the leap second that UTC inserts. It inserts one at its own midnight, at a tick:
 * until that, its clock is a second ahead; and where its midnight comes first, a second behind.
 */
export class Leap {
  private isAnnounced = false;
  private isApplied = false;
  private isPast = false;

  constructor(private readonly machine: Machine) {}

  copy(): Leap {
    return Object.assign(new Leap(this.machine), this);
  }

  ntpAdjusted({ status }: EventOf<'ntp-adjusted'>): void {
    this.isAnnounced = (status & STA_INS) !== 0;
  }

  /** @returns whether it is the one that UTC inserts, too. */
  applied({ stepNs, latestNs }: EventOf<'leap-applied'>): boolean {
    const { leapSecond } = this.machine;
    const isOwed = leapSecond !== undefined && !this.isApplied && stepNs === -NSEC_PER_SEC;
    if (!isOwed || latestNs + NSEC_PER_SEC < leapSecond.atNs) return false;
    this.isApplied = true;
    return true;
  }

  /** @returns whether UTC went on to the leap second before `at` for a guest that ran, and that nobody had told. */
  passes(at: Span, isAway: boolean): boolean {
    const { leapSecond } = this.machine;
    if (leapSecond === undefined || this.isPast || at.earliestNs < leapSecond.atNs) return false;
    this.isPast = true;
    return !isAway && !this.isAnnounced && !this.isApplied;
  }

  /** Whether the guest and UTC may count another second just then. */
  isOpen({ earliestNs, latestNs }: Span): boolean {
    const { leapSecond } = this.machine;
    if (leapSecond === undefined) return false;
    return this.isApplied
      ? earliestNs < leapSecond.atNs
      : this.isAnnounced && latestNs >= leapSecond.atNs;
  }

  /** As {@link beyondNs}, with what is legal of a guest that inserts the second itself. */
  beyondNs(error: RealtimeErrorNs, epsNs: Ns, { earliestNs, latestNs }: Span): Ns {
    const plainNs = beyondNs(error, epsNs);
    const { leapSecond } = this.machine;
    if (plainNs === 0n || leapSecond === undefined) return plainNs;
    if (latestNs >= leapSecond.atNs) {
      if (this.isApplied || !this.isAnnounced) return plainNs;
      return beyondNs(shifted(error, -1n), epsNs) === 0n ? 0n : plainNs;
    }
    if (!this.isApplied || earliestNs + epsNs < leapSecond.atNs) return plainNs;
    return beyondNs(shifted(error, 1n), epsNs) === 0n ? 0n : plainNs;
  }
}
