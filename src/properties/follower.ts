import type { Event, EventOf } from '../contract/event.js';
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
  private chronicle: Chronicle;
  /** By the number of their circumstances. */
  private readonly lives: L[] = [];
  /** Events of the kinds that change circumstances. */
  private heard = 0;

  constructor(
    private readonly premises: Premises,
    private readonly Born: Born<L>,
  ) {
    this.chronicle = Chronicle.of(premises);
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

  /** Whether this law is the first to hear the event, and has to write it down. */
  private isFirst(event: Event): boolean {
    const before = this.heard++;
    if (this.chronicle.turnTo(event, before)) return true;
    if (this.chronicle.has(event, this.heard)) return false;
    if (before > 0) throw new Error('laws with the same premises were shown different runs');
    // Others with the same premises are ahead in a run of their own.
    this.chronicle = new Chronicle(this.premises);
    this.lives.length = 0;
    return this.chronicle.turnTo(event, before);
  }

  booted(event: EventOf<'booted'>): void {
    if (this.isFirst(event)) this.chronicle.booted(event);
    this.of(event);
  }

  vmSaved(event: EventOf<'vm-saved'>): void {
    const isFirst = this.isFirst(event);
    this.of(event);
    if (isFirst) this.chronicle.vmSaved(event);
    if (this.chronicle.saved !== undefined) this.in(this.chronicle.saved);
  }

  vmRestored(event: EventOf<'vm-restored'>): void {
    if (this.isFirst(event)) this.chronicle.vmRestored(event);
    this.of(event);
  }

  edge(event: Edge): Finding {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.edge(event);
    const life = this.in(circumstances);
    if (event.kind === 'guest-suspended' || event.kind === 'guest-resumed') {
      if (circumstances.wasOverdue) life.forget();
      life.wrote(event);
    }
    return life.edge(event, circumstances.from);
  }

  clockSet(event: EventOf<'clock-set'>): void {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.clockSet(event);
    const life = this.in(circumstances);
    if (circumstances.wasOverdue) life.forget();
    life.clockSet(event);
  }

  ntpAdjusted(event: EventOf<'ntp-adjusted'>): void {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.ntpAdjusted(event);
    const life = this.in(circumstances);
    if (circumstances.rateChanged) life.rateChanged(event);
    if (circumstances.wasOverdue) life.forget();
    life.ntpAdjusted(event);
  }

  tickSampled(event: EventOf<'tick-sampled'>): void {
    if (this.isFirst(event)) this.chronicle.of(event).tickSampled(event);
  }

  tickPublished(event: EventOf<'tick-published'>): void {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.tickPublished(event);
    const life = this.in(circumstances);
    if (circumstances.wasOverdue) life.forget();
    if (circumstances.rateChanged) life.rateChanged(event);
    if (circumstances.lineChanged) life.lineChanged();
    life.ticked(event, circumstances.sampled);
  }
}
