import type { EventOf } from '../contract/event.js';

/** An event at which the VM or a part of it stops or goes on. */
export type Edge =
  | EventOf<'vcpu-started'>
  | EventOf<'vcpu-stopped'>
  | EventOf<'guest-suspended'>
  | EventOf<'guest-resumed'>;

/** More would not fit a report. */
const KEPT = 16;

/** The last stops and starts, which prove how long the VM was away. */
export class Edges {
  /** All so far. */
  count = 0;
  private kept: Edge[] = [];

  push(edge: Edge): void {
    this.count++;
    this.kept.push(edge);
    if (this.kept.length > KEPT) this.kept.shift();
  }

  copy(): Edges {
    const copy = new Edges();
    copy.count = this.count;
    copy.kept = [...this.kept];
    return copy;
  }

  /** Those after the first `count`, as far as they are kept. */
  since(count: number): readonly Edge[] {
    const dropped = this.count - this.kept.length;
    return this.kept.slice(Math.max(0, count - dropped));
  }
}
