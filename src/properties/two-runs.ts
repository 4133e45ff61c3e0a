import type { Event } from '../contract/event.js';

/**
 * Acts of two runs by what makes them the same act: who did what, when, and which one of several alike.
 * Lives are not told apart: a schedule has them in one order.
 */
export class Acts {
  private readonly counts = new Map<string, number>();

  /** The key of the next act; undefined: the event is none that is compared. */
  keyOf(event: Event): string | undefined {
    const what = whatOf(event);
    if (what === undefined) return undefined;
    const key = `${what} ${event.earliestNs} ${event.latestNs}`;
    const count = this.counts.get(key) ?? 0;
    this.counts.set(key, count + 1);
    return `${key} ${count}`;
  }
}

/** All acts of a run that are compared. */
export function actsOf(events: readonly Event[]): ReadonlyMap<string, Event> {
  const acts = new Acts();
  const found = new Map<string, Event>();
  for (const event of events) {
    const key = acts.keyOf(event);
    if (key !== undefined) found.set(key, event);
  }
  return found;
}

function whatOf(event: Event): string | undefined {
  switch (event.kind) {
    case 'clock-read':
      return `${event.clock} ${event.via} ${event.actor.vm} ${event.actor.vcpu}`;
    case 'snapshot-taken':
      return `${event.kind} ${event.actor.vm} ${event.actor.vcpu}`;
    case 'watchdog-checked':
      return `${event.watchdog} ${event.actor.vm} ${event.actor.vcpu}`;
    case 'daemon-polled':
    case 'timestamp-taken':
    case 'timestamp-used':
      return `${event.kind} ${event.actor.vm} ${event.on}`;
    default:
      return undefined;
  }
}
