import type { Ns } from '../contract/units.js';
import { max } from '../math/u64.js';

interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/** How often, and for how long in all, one life of a VM was stopped: *stopped* of laws.md, ns. */
export class StoppedTime {
  /** Stops that began so far. */
  count = 0;
  /** Of those that ended: surely, and at most. */
  leastNs: Ns = 0n;
  mostNs: Ns = 0n;
  private since: Span | undefined;

  copy(): StoppedTime {
    return Object.assign(new StoppedTime(), this);
  }

  began(at: Span): void {
    this.since = at;
    this.count++;
  }

  /** @returns how long the stop that ends here surely lasted; undefined: there was none. */
  ended(at: Span): Ns | undefined {
    const { since } = this;
    if (since === undefined) return undefined;
    this.since = undefined;
    const leastNs = max(at.earliestNs - since.latestNs, 0n);
    this.leastNs += leastNs;
    this.mostNs += max(at.latestNs - since.earliestNs, 0n);
    return leastNs;
  }
}
