import type { Event, EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { AwayTime } from './away-time.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { errorOver } from './sleep-error.js';
import { StopLife, StopWatch } from './stop-life.js';
import type { Phase } from './window.js';

type Told = EventOf<'stopped-time-read'>;

/** Two instants, each cut to whole ns. */
const QUANTUM_NS: Ns = 2n;

/**
 * By the time that a stop has settled the guest's kernel has read, on a page, in a register or in a
 * message, by how much time moved: what that number grew by since the last stop had settled is what the
 * VM was away ± eps, of several stops as of one. What the guest makes of it is left to it. A
 * stop that does not settle in time breaks the law as well.
 *
 * A stop of a guest that sleeps by its own wish is part of its sleep, and nobody has to tell it. Who
 * tells neither the host's steps nor such reads is not judged: a recording sees no pages.
 */
export const stopIsToldWithItsLength: Property = {
  name: 'stop-is-told-with-its-length',
  statement: 'Once a stop has settled, the guest has been told that time moved, and by how much.',
  source: {
    title: 'M. Zyngier, 4 Dec 2021: tell the guest that time has passed, and tell it by how much',
    url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
  },
  monitor: (premises) => new Lengths(premises, LengthOfLife),
};

class Lengths extends StopWatch<LengthOfLife> {
  'host-step-taken'({ actor, incarnation }: EventOf<'host-step-taken'>): undefined {
    this.follower.of({ actor, incarnation }).tells = true;
  }

  'stopped-time-read'(told: Told): Finding {
    return this.follower.of(told).told(told);
  }

  'freeze-requested'(event: EventOf<'freeze-requested'>): undefined {
    this.follower.of(event).isAsked = true;
  }

  'freeze-aborted'(event: EventOf<'freeze-aborted'>): undefined {
    this.follower.of(event).isAsked = false;
  }

  thawed(event: EventOf<'thawed'>): undefined {
    this.follower.of(event).isAsked = false;
  }
}

class LengthOfLife extends StopLife<LengthOfLife> {
  /** It is a subject that would tell. */
  tells = false;
  /** The host has asked for a freeze. */
  isAsked = false;
  private away = new AwayTime();
  /** What is away since began with a stop, or with a freeze that a stop followed. */
  private isOwed = false;
  private sleepsByItself = false;
  /** Of all sources: what was read last. */
  private readonly totals = new Map<string, Ns>();
  private lastTold: Told | undefined;
  /** As the last stop had settled. */
  private settledTotalNs: Ns = 0n;
  private settledLeastNs: Ns = 0n;
  private settledMostNs: Ns = 0n;
  private settledStops = 0;
  private settledEdges = 0;

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): LengthOfLife {
    const copy = new LengthOfLife(circumstances);
    const { tells, isAsked, isOwed, sleepsByItself } = this;
    const { settledTotalNs, settledLeastNs, settledMostNs, settledStops, settledEdges } = this;
    Object.assign(copy, { tells, isAsked, isOwed, sleepsByItself });
    Object.assign(copy, { settledTotalNs, settledLeastNs, settledMostNs });
    Object.assign(copy, { settledStops, settledEdges });
    for (const [by, totalNs] of this.totals) copy.totals.set(by, totalNs);
    copy.away = this.away.copy();
    copy.away.begin(saved);
    this.handDown(copy, saved);
    return copy;
  }

  // What the guest was told is no matter of clocks.
  override forget(): void {}

  protected override stopBegan(): void {
    this.isOwed = true;
  }

  told(told: Told): Finding {
    this.tells = true;
    this.totals.set(told.by, told.totalNs);
    this.lastTold = told;
    return this.overdue(told);
  }

  private get totalNs(): Ns {
    let sum = 0n;
    for (const totalNs of this.totals.values()) sum += totalNs;
    return sum;
  }

  override edge(edge: Edge, from: Phase): Finding {
    const overdue = this.overdue(edge);
    super.edge(edge, from);
    this.away.edge(edge, from, this.presence.phase);
    if (edge.kind === 'guest-suspended' && !this.isAsked) this.sleepsByItself = true;
    if (edge.kind === 'guest-resumed' && this.sleepsByItself) {
      this.sleepsByItself = false;
      this.isOwed = false;
      this.begin();
    }
    return overdue ?? this.settled(edge);
  }

  override stopHandled(handled: EventOf<'stop-handled'>): Finding {
    const overdue = this.overdue(handled);
    super.stopHandled(handled);
    return overdue ?? this.settled(handled);
  }

  private overdue(event: Event): Finding {
    const isJudged = this.isOwed && this.tells && this.nominal.isTied;
    return isJudged ? this.settling.overdue(event) : undefined;
  }

  private settled(at: Event): Finding {
    if (!this.isOwed || !this.settling.isSettled || this.presence.phase !== 'fully') {
      return undefined;
    }
    this.isOwed = false;
    const finding = this.tells && this.nominal.isTied ? this.judge(at) : undefined;
    this.begin();
    return finding;
  }

  /** Away time counts from here. */
  private begin(): void {
    this.settledTotalNs = this.totalNs;
    this.settledLeastNs = this.away.leastNs;
    this.settledMostNs = this.away.mostNs;
    this.settledStops = this.stopped.count;
    this.settledEdges = this.edges.count;
  }

  private judge(at: Event): Finding {
    const leastNs = this.away.leastNs - this.settledLeastNs;
    const mostNs = this.away.mostNs - this.settledMostNs;
    const stops = BigInt(this.stopped.count - this.settledStops);
    const perStopNs = this.premises.declared.stopErrorNs.boottime;
    const epsNs = QUANTUM_NS + stops * perStopNs + errorOver(mostNs, this.nominal.raw);
    if (leastNs <= epsNs) return undefined;
    const grownNs = this.totalNs - this.settledTotalNs;
    if (grownNs >= leastNs - epsNs && grownNs <= mostNs + epsNs) return 'held';
    return this.violation(at, grownNs, leastNs, mostNs);
  }

  private violation(at: Event, grownNs: Ns, leastNs: Ns, mostNs: Ns): Violation {
    const told = this.lastTold === undefined ? [] : [this.lastTold];
    const long = leastNs === mostNs ? `${leastNs}` : `${leastNs} to ${mostNs}`;
    return {
      expected: `the guest told of ${long} ns by the time that the stop has settled`,
      observed: grownNs === 0n ? 'it was told nothing' : `it was told of ${grownNs} ns`,
      evidence: [...this.edges.since(this.settledEdges), ...told, at],
    };
  }
}
