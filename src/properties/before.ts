import type { EventOf } from '../contract/event.js';
import type { Ns } from '../contract/units.js';

/** What the order of two acts of vCPUs depends on. */
export type Act = Pick<EventOf<'clock-read'>, 'actor' | 'incarnation' | 'earliestNs' | 'latestNs'>;

/**
 * Whether `a` is before `b` (≺ of laws.md), for two acts of one VM of which `a` was shown first.
 *
 * 1. Program order: the events of one vCPU come in the order they ended.
 * 2. In one incarnation, the latest instant of `a` lies before the earliest of `b`: strictly, as
 *    two acts of different vCPUs at one instant are not ordered.
 * 3. (Messages between vCPUs are no events yet.)
 * 4. `a` belongs to the life that the snapshot of b's incarnation was taken of: a law asks of an
 *    act of another incarnation only if {@link Lives} handed it down, which it does for acts that
 *    had ended by then. So what was read after a snapshot does not bind the restored life, and two
 *    clones never meet. An act that a restored vCPU goes on with began before its own snapshot.
 *
 * Reads on the NMI-safe path may lie inside another act of their vCPU: the laws leave them out.
 */
export function before(a: Act, b: Act): boolean {
  if (a.actor.vcpu === b.actor.vcpu) return true;
  return a.incarnation === b.incarnation ? a.latestNs < b.earliestNs : a.latestNs <= b.earliestNs;
}

/** What a law knows of one life of a VM. */
export interface Inheritable<Self> {
  /**
   * What a restored life may take up at `saved`: nothing that may not have ended by then. A copy
   * of the copy is the same again, as one snapshot may be restored many times.
   */
  copy(saved: EventOf<'vm-saved'>): Self;
}

/** Whether it surely was over when the snapshot was taken. */
export function wasOver(act: { readonly latestNs: Ns }, saved: EventOf<'vm-saved'>): boolean {
  return act.latestNs <= saved.earliestNs;
}

interface Past<State> {
  readonly state: State;
  readonly saved: EventOf<'vm-saved'>;
}

export type Belonging = Pick<EventOf<'clock-read'>, 'incarnation'> & {
  readonly actor: { readonly vm: number };
};

/**
 * What a law knows of every life of every VM: one state per incarnation, so that rule 4 of ≺ and
 * "a boot starts a new order" need no further thought.
 *
 * It grows with the number of boots, snapshots and restores, not with the number of events.
 */
export class Lives<State extends Inheritable<State>> {
  /** Those but the current one. */
  private lives: Map<number, State> | undefined;
  private pasts: Map<number, Past<State>> | undefined;
  private vm = -1;
  private incarnation = -1;
  private current: State | undefined;

  constructor(private readonly born: (vm: number) => State) {}

  /** The life that the event belongs to. */
  of(event: Belonging): State {
    if (
      this.current !== undefined &&
      event.actor.vm === this.vm &&
      event.incarnation === this.incarnation
    ) {
      return this.current;
    }
    const key = keyOf(event.actor.vm, event.incarnation);
    return this.enter(event, this.lives?.get(key) ?? this.born(event.actor.vm));
  }

  /** A boot begins a life without a past. */
  booted(event: Belonging): State {
    return this.enter(event, this.born(event.actor.vm));
  }

  /** @returns what a life restored from that snapshot takes up */
  vmSaved(event: EventOf<'vm-saved'>): State {
    const state = this.of(event).copy(event);
    this.pasts ??= new Map();
    this.pasts.set(keyOf(event.actor.vm, event.snapshot), { state, saved: event });
    return state;
  }

  /** A snapshot that nobody saw being taken begins a life without a past. */
  vmRestored(event: EventOf<'vm-restored'>): State {
    const past = this.pasts?.get(keyOf(event.actor.vm, event.snapshot));
    return this.enter(event, past?.state.copy(past.saved) ?? this.born(event.actor.vm));
  }

  private enter(event: Belonging, state: State): State {
    if (this.current !== undefined) {
      this.lives ??= new Map();
      this.lives.set(keyOf(this.vm, this.incarnation), this.current);
    }
    this.vm = event.actor.vm;
    this.incarnation = event.incarnation;
    this.current = state;
    return state;
  }
}

/** Incarnations and snapshots count from 0 and stay far below 2^32. */
function keyOf(vm: number, number: number): number {
  return vm * 2 ** 32 + number;
}
