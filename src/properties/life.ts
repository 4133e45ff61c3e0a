import type { Event, EventOf } from '../contract/event.js';
import type { VmId } from '../contract/machine.js';
import type { Finding, Premises } from '../contract/property.js';
import { ADJ_SETOFFSET } from '../contract/timex.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import type { Nominal } from './nominal.js';
import type { Publication } from './publication.js';
import type { RateInForce } from './rate.js';
import type { Phase, Presence } from './window.js';

/**
 * An event in which the guest moves its clock to now: forward_now(), or the resume that sets
 * `cycle_last`.
 */
export type Write =
  | EventOf<'clock-set'>
  | EventOf<'ntp-adjusted'>
  | EventOf<'guest-suspended'>
  | EventOf<'guest-resumed'>;

/** Acts of a vCPU that show values of clocks. */
export type Witness = EventOf<'clock-read'> | EventOf<'snapshot-taken'>;

/**
 * One life of a VM as a law sees it: the circumstances that all laws share, and what it keeps of
 * the reads itself. A law about clocks extends it, and fills in the methods that do nothing here;
 * all are called with the circumstances as the event left them.
 */
export abstract class Life<Self> {
  // The only field, as each law's lives have a shape of their own: one that all set costs most.
  declare readonly circumstances: Circumstances;

  constructor(circumstances: Circumstances) {
    this.circumstances = circumstances;
  }

  get premises(): Premises {
    return this.circumstances.premises;
  }

  get vm(): VmId {
    return this.circumstances.vm;
  }

  get nominal(): Nominal {
    return this.circumstances.nominal;
  }

  get presence(): Presence {
    return this.circumstances.presence;
  }

  get rate(): RateInForce {
    return this.circumstances.rate;
  }

  get publication(): Publication {
    return this.circumstances.publication;
  }

  /**
   * What a life in `circumstances` may take up that was restored at `saved`: nothing that may not
   * have ended by then. A copy of the copy is the same again, as one snapshot may be restored many
   * times.
   */
  abstract copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): Self;

  /** Drops every read: what comes after does not follow from what came before. */
  abstract forget(): void;

  /** The VM's vCPUs or its guest's suspend changed; `from` is what the phase was. */
  edge(_edge: Edge, _from: Phase): Finding {
    return undefined;
  }

  /** `rate` changed at this event. */
  rateChanged(_at: Event): void {}

  /** `publication` changed the slope of the line that readers follow. */
  lineChanged(): void {}

  ticked(_published: EventOf<'tick-published'>, _sampled: EventOf<'tick-sampled'> | undefined) {}

  wrote(_write: Write): void {}

  clockSet(set: EventOf<'clock-set'>): void {
    this.wrote(set);
  }

  ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    if ((adjusted.timex.modes & ADJ_SETOFFSET) !== 0) this.wrote(adjusted);
  }

  /**
   * Whether it is no witness: suspended, or after too long a gap; then what came before is
   * dropped.
   */
  ignores(witness: Witness): boolean {
    const { accumulation, ignoresSuspended, presence, publication } = this.circumstances;
    if (ignoresSuspended && presence.suspended) return true;
    if (witness.kind === 'clock-read' && witness.via === 'vdso') {
      if (publication.isOpen && this.circumstances.ignoresOpen) return true;
      if (accumulation.isVdsoBehind(witness, presence.phase)) return true;
    }
    if (!accumulation.isLimited) return false;
    if (accumulation.isOverdue(witness)) {
      this.forget();
      return true;
    }
    return accumulation.isInHole(witness);
  }
}

export function nameOf({ actor }: Pick<Witness, 'actor'>): string {
  return `vCPU ${actor.vcpu}`;
}
