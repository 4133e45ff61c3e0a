import type { Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import type { Phase } from './window.js';

interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/** How long one life of a VM was away, stopped or suspended, up to its last edge: laws.md, "Away, awake", ns. */
export class AwayTime {
  /** Surely, and at most. */
  leastNs: Ns = 0n;
  mostNs: Ns = 0n;
  private since: Span | undefined;

  copy(): AwayTime {
    return Object.assign(new AwayTime(), this);
  }

  /** @param at where the phase became `phase` */
  edge(at: Span, from: Phase, phase: Phase): void {
    if (from !== 'away' && phase === 'away') this.since = at;
    if (from === 'away' && phase !== 'away') this.comeBack(at);
  }

  /** A snapshot of a VM that runs: who takes it up is away from there on. */
  begin(at: Span): void {
    this.since ??= at;
  }

  private comeBack(at: Span): void {
    const { since } = this;
    this.since = undefined;
    if (since === undefined) return;
    this.leastNs += max(at.earliestNs - since.latestNs, 0n);
    this.mostNs += max(at.latestNs - since.earliestNs, 0n);
  }
}
