import type { Event, EventOf } from '../contract/event.js';
import type { Finding, Premises } from '../contract/property.js';
import type { Belonging } from './before.js';
import { Chronicle } from './chronicle.js';
import type { Circumstances } from './circumstances.js';
import type { Life } from './life.js';

/**
 * The part of a monitor that all laws on {@link Life} share; each adds the events it judges.
 *
 * A class, as its methods are made once and not for every run.
 */
export abstract class Follower<L extends Life<L>> {
  private chronicle: Chronicle;
  /** What the law keeps of each life, by the number of its circumstances. */
  private readonly lives: L[] = [];
  /** Events of the kinds here. */
  private heard = 0;

  constructor(private readonly premises: Premises) {
    this.chronicle = Chronicle.of(premises);
  }

  protected abstract born(circumstances: Circumstances): L;

  /** The life that the event belongs to. */
  protected of(event: Belonging): L {
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
        ? this.born(circumstances)
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

  booted(event: EventOf<'booted'>): undefined {
    if (this.isFirst(event)) this.chronicle.booted(event);
    this.of(event);
  }

  'vm-saved'(event: EventOf<'vm-saved'>): undefined {
    const isFirst = this.isFirst(event);
    this.of(event);
    if (isFirst) this.chronicle.vmSaved(event);
    if (this.chronicle.saved !== undefined) this.in(this.chronicle.saved);
  }

  'vm-restored'(event: EventOf<'vm-restored'>): undefined {
    if (this.isFirst(event)) this.chronicle.vmRestored(event);
    this.of(event);
  }

  'vcpu-started'(event: EventOf<'vcpu-started'>): Finding {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.edge(event);
    return this.in(circumstances).edge(event, circumstances.from);
  }

  'vcpu-stopped'(event: EventOf<'vcpu-stopped'>): Finding {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.edge(event);
    return this.in(circumstances).edge(event, circumstances.from);
  }

  'guest-suspended'(event: EventOf<'guest-suspended'>): Finding {
    return this.sleepOrWake(event);
  }

  'guest-resumed'(event: EventOf<'guest-resumed'>): Finding {
    return this.sleepOrWake(event);
  }

  private sleepOrWake(event: EventOf<'guest-suspended'> | EventOf<'guest-resumed'>): Finding {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.edge(event);
    const life = this.in(circumstances);
    if (circumstances.wasOverdue) life.forget();
    life.wrote(event);
    return life.edge(event, circumstances.from);
  }

  'clock-set'(event: EventOf<'clock-set'>): undefined {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.clockSet(event);
    const life = this.in(circumstances);
    if (circumstances.wasOverdue) life.forget();
    life.clockSet(event);
  }

  'ntp-adjusted'(event: EventOf<'ntp-adjusted'>): undefined {
    const isFirst = this.isFirst(event);
    const circumstances = this.chronicle.of(event);
    if (isFirst) circumstances.ntpAdjusted(event);
    const life = this.in(circumstances);
    if (circumstances.rateChanged) life.rateChanged(event);
    if (circumstances.wasOverdue) life.forget();
    life.ntpAdjusted(event);
  }

  'tick-sampled'(event: EventOf<'tick-sampled'>): undefined {
    if (this.isFirst(event)) this.chronicle.of(event).tickSampled(event);
  }

  'tick-published'(event: EventOf<'tick-published'>): undefined {
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
