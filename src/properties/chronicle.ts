import type { Event, EventOf } from '../contract/event.js';
import type { Premises } from '../contract/property.js';
import { type Belonging, Lives } from './before.js';
import { type Births, Circumstances } from './circumstances.js';

const chronicles = new WeakMap<Premises, Chronicle>();

/**
 * The circumstances of every life of every VM in one run, told once and read by all its laws.
 *
 * Each law is shown each event, so the first that hears one writes it down, and the others find it
 * written. Who is first may change: a law hears nothing after its violation.
 */
export class Chronicle {
  private readonly lives: Lives<Circumstances>;
  /** Events written down, and the last of them. */
  private written = 0;
  private last: Event | undefined;
  /** What a life restored from the last snapshot takes up. */
  saved: Circumstances | undefined;

  constructor(premises: Premises) {
    const births: Births = { count: 0 };
    this.lives = new Lives((vm) => new Circumstances(premises, vm, births));
  }

  /** The one of the run that is about to begin with these premises. */
  static of(premises: Premises): Chronicle {
    const known = chronicles.get(premises);
    if (known !== undefined && known.written === 0) return known;
    const fresh = new Chronicle(premises);
    chronicles.set(premises, fresh);
    return fresh;
  }

  /** The life that the event belongs to. */
  of(event: Belonging): Circumstances {
    return this.lives.of(event);
  }

  /** Whether the event that is the `nth` of its reader is the last one here. */
  has(event: Event, nth: number): boolean {
    return event === this.last && nth === this.written;
  }

  /** Turns to the event after the first `before`, unless others were told already. */
  turnTo(event: Event, before: number): boolean {
    if (before !== this.written) return false;
    this.written++;
    this.last = event;
    return true;
  }

  booted(event: EventOf<'booted'>): void {
    this.lives.booted(event).booted(event);
  }

  vmSaved(event: EventOf<'vm-saved'>): void {
    this.saved = this.lives.vmSaved(event);
  }

  vmRestored(event: EventOf<'vm-restored'>): void {
    this.lives.vmRestored(event);
  }
}
