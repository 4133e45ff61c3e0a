import type { ClockId } from '../contract/clock.js';
import type { Event } from '../contract/event.js';
import type { Premises } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';

/** What a clock showed, and by which event. */
export interface Shown {
  readonly ns: Ns;
  readonly event: Event;
}

/**
 * What clocks showed at one counter value under one publication, where each is a function of the
 * counter alone: whoever reads it then, on whatever path or vCPU, sees the same.
 *
 * Coarse clocks do not look at the counter: under one publication they stand still. A subject without
 * tick events does not say when it publishes, and has no such moments.
 */
export class Moment {
  private counter: Cycles | undefined;
  private readonly fine = new Map<ClockId, Shown>();
  private readonly coarse = new Map<ClockId, Shown>();

  private readonly isBlind: boolean;

  constructor({ declared }: Premises) {
    this.isBlind = declared.publicationNs !== null;
  }

  /** A publication: what was shown before is of another function. */
  end(): void {
    this.counter = undefined;
    if (this.fine.size > 0) this.fine.clear();
    if (this.coarse.size > 0) this.coarse.clear();
  }

  /** What the clock showed then; undefined: nobody read it, or at another counter value. */
  at(clock: ClockId, counter: Cycles | null): Shown | undefined {
    if (counter === null) return this.coarse.get(clock);
    return counter === this.counter ? this.fine.get(clock) : undefined;
  }

  show(clock: ClockId, counter: Cycles | null, shown: Shown): void {
    if (this.isBlind) return;
    if (counter === null) {
      this.coarse.set(clock, shown);
      return;
    }
    if (counter !== this.counter) {
      this.fine.clear();
      this.counter = counter;
    }
    this.fine.set(clock, shown);
  }
}
