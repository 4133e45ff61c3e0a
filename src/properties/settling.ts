import type { Event } from '../contract/event.js';
import type { Finding } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import type { Phase } from './window.js';

interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/**
 * *Settled* of laws.md: after a stop, once the host's steps for it have ended and the guest's
 * handlers completed (`stop-handled`) and every vCPU has started.
 *
 * A stop that begins before the last one settled asks for a `stop-handled` of its own only: the
 * subject says that there is nothing left to handle, not how often.
 */
export class Settling {
  private wasHandled = true;
  private isRunning = true;
  private stop: Event | undefined;
  private start: Event | undefined;
  /** Time since the first start after the stop that all vCPUs surely ran in and took interrupts, ns. */
  private fullNs: Ns = 0n;
  private fullSinceNs: Ns | undefined;
  private isFully = true;
  /** So many sections keep a vCPU from its interrupts. */
  private holds = 0;

  constructor(private readonly withinNs: Ns) {}

  copy(): Settling {
    return Object.assign(new Settling(this.withinNs), this);
  }

  get isSettled(): boolean {
    return this.wasHandled && this.isRunning;
  }

  stopped(at: Event): void {
    this.wasHandled = false;
    this.isRunning = false;
    this.stop = at;
    this.start = undefined;
    this.fullNs = 0n;
    this.fullSinceNs = undefined;
    this.isFully = false;
  }

  started(at: Event): void {
    this.start ??= at;
  }

  handled(): void {
    this.wasHandled = true;
  }

  phase(at: Span, from: Phase, phase: Phase): void {
    this.isFully = phase === 'fully';
    if (this.isFully) this.isRunning = true;
    if (this.isFully && from !== 'fully') this.goOn(at);
    else if (!this.isFully) this.rest(at);
  }

  /** A vCPU takes no interrupts: what keeps a handler from it is not the design's. */
  held(at: Span): void {
    this.holds++;
    this.rest(at);
  }

  released(at: Span): void {
    if (this.holds > 0) this.holds--;
    this.goOn(at);
  }

  private goOn(at: Span): void {
    if (this.isFully && this.holds === 0) this.fullSinceNs ??= at.latestNs;
  }

  private rest(at: Span): void {
    if (this.fullSinceNs === undefined) return;
    if (at.earliestNs > this.fullSinceNs) this.fullNs += at.earliestNs - this.fullSinceNs;
    this.fullSinceNs = undefined;
  }

  /** Broken if at `event` that has surely been longer than declared. */
  overdue(event: Event): Finding {
    const { stop, start, fullSinceNs } = this;
    if (this.isSettled || stop === undefined || start === undefined) return undefined;
    let fullNs = this.fullNs;
    if (fullSinceNs !== undefined && event.earliestNs > fullSinceNs) {
      fullNs += event.earliestNs - fullSinceNs;
    }
    if (fullNs <= this.withinNs) return undefined;
    const what = "the host's steps ended, and the guest's handlers done";
    return {
      expected: `${what} within ${this.withinNs} ns of all vCPUs running, as declared`,
      observed: `not settled after ${fullNs} ns`,
      evidence: [stop, start, event],
    };
  }
}
