import type { EventOf } from '../contract/event.js';
import type { Finding, Premises } from '../contract/property.js';
import type { Belonging } from './before.js';
import { Chronicle } from './chronicle.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import type { Life } from './life.js';

/** Makes what a law keeps of one life. */
export type Born<L> = new (circumstances: Circumstances) => L;

/**
 * Follows the chronicle of a run for one law: what the law keeps of each life, told what each event
 * did to its circumstances.
 *
 * One class for all laws: what is called this often must not look its own fields up by law.
 */
export class Follower<L extends Life<L>> {
  readonly chronicle: Chronicle;
  /** By the number of their circumstances. */
  private readonly lives: L[] = [];

  constructor(
    premises: Premises,
    private readonly Born: Born<L>,
  ) {
    this.chronicle = Chronicle.of(premises);
    this.chronicle.readBy(this);
  }

  /** The life that the event belongs to. */
  of(event: Belonging): L {
    return this.in(this.chronicle.of(event));
  }

  private in(circumstances: Circumstances): L {
    return this.lives[circumstances.id] ?? this.enter(circumstances);
  }

  private enter(circumstances: Circumstances): L {
    const { ancestor } = circumstances;
    const past = ancestor === undefined ? undefined : this.lives[ancestor.circumstances.id];
    const life =
      ancestor === undefined || past === undefined
        ? new this.Born(circumstances)
        : past.copy(circumstances, ancestor.saved);
    this.lives[circumstances.id] = life;
    return life;
  }

  forget(circumstances: Circumstances): void {
    this.lives[circumstances.id]?.forget();
  }

  /** Copies what the law keeps now: by the restore it may keep more. */
  vmSaved(event: EventOf<'vm-saved'>): void {
    this.of(event);
    if (this.chronicle.saved !== undefined) this.in(this.chronicle.saved);
  }

  edge(event: Edge): Finding {
    const circumstances = this.chronicle.of(event);
    const life = this.in(circumstances);
    if (event.kind === 'guest-suspended' || event.kind === 'guest-resumed') life.wrote(event);
    return life.edge(event, circumstances.from);
  }

  ntpAdjusted(event: EventOf<'ntp-adjusted'>): void {
    const circumstances = this.chronicle.of(event);
    const life = this.in(circumstances);
    if (circumstances.rateChanged) life.rateChanged(event);
    life.ntpAdjusted(event);
  }

  tickPublished(event: EventOf<'tick-published'>): void {
    const circumstances = this.chronicle.of(event);
    const life = this.in(circumstances);
    if (circumstances.rateChanged) life.rateChanged(event);
    if (circumstances.lineChanged) life.lineChanged();
    life.ticked(event, circumstances.sampled);
  }
}
