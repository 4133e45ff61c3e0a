import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { abs, max } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { type ClockStep, stepOf } from './clock-sets.js';
import type { Edge } from './edges.js';
import { gainPerWriterNs } from './known-limits.js';
import { nameOf, type Witness, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { StopLife, StopWatch } from './stop-life.js';
import { Integral, type Phase } from './window.js';

/** Clocks that a stop may leave behind until it has settled. */
const CLOCKS = ['CLOCK_MONOTONIC', 'CLOCK_BOOTTIME', 'CLOCK_REALTIME', 'CLOCK_TAI'] as const;
type Name = (typeof CLOCKS)[number];

/** They follow REALTIME's sets. */
const SETTABLE: ReadonlySet<string> = new Set(['CLOCK_REALTIME', 'CLOCK_TAI']);

/** What one clock showed before the stop had settled: the extremes are all that a later read is held against. */
interface Early {
  /** The highest value − ∫ lo over full, ns * RATE_ONE, and its read. */
  high: bigint;
  highest: Witness;
  /** The lowest value − ∫ hi over awake. */
  low: bigint;
  lowest: Witness;
}

/**
 * A stop settles at s. Each read r of a clock between the first start after the stop and s is right
 * already: V, the first read of that clock after s, is c(r) + the time from r to V, ± eps. On intervals,
 * and where only some vCPUs run, that time lies between full(r, V) * lo and awake(r, V) * hi.
 *
 * eps is q, stopError of the design for that clock, once, as the window begins after the stop, and what
 * publications, writers and a change of the slope add. Reads of a suspended guest are none; neither is
 * one that had begun before the first start. Where somebody sets the clock who does not belong to the
 * design, or UTC has a leap second, REALTIME and TAI of before are dropped.
 */
export const noStaleReadAfterResume: Property = {
  name: 'no-stale-read-after-resume',
  statement:
    'No read after a stop shows a time that the end of its handling turns out to be wrong.',
  source: {
    title:
      'T. Gleixner, 6 Oct 2021: readers "observe stale time" between the resume and the injection',
    url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
  },
  monitor: (premises) => new Reads(premises, ReadsOfLife),
};

class Reads extends StopWatch<ReadsOfLife> {
  override 'interrupts-held'(held: EventOf<'interrupts-held'>): undefined {
    super['interrupts-held'](held);
    if (held.cause === 'preempted') this.follower.of(held).preempted.add(held.actor.vcpu);
  }

  override 'interrupts-released'(released: EventOf<'interrupts-released'>): undefined {
    super['interrupts-released'](released);
    if (released.cause === 'preempted') this.follower.of(released).through(released.actor.vcpu);
  }

  'clock-read'(read: EventOf<'clock-read'>): Finding {
    if (read.via === 'nmi' || !isName(read.clock)) return undefined;
    return this.follower.of(read).show(read, [[keyOf(read), read.ns]]);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    return this.follower.of(snapshot).show(snapshot, [
      ['CLOCK_MONOTONIC', snapshot.monotonicNs],
      ['CLOCK_BOOTTIME', snapshot.boottimeNs],
      ['CLOCK_REALTIME', snapshot.realtimeNs],
      ['CLOCK_TAI', snapshot.taiNs],
    ]);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).stepped(leap);
  }
}

function isName(clock: string): clock is Name {
  return (CLOCKS as readonly string[]).includes(clock);
}

/** A page of the host's is a clock of its own. */
function keyOf({ clock, via }: EventOf<'clock-read'>): string {
  return via === 'page' ? `${clock} of the page` : clock;
}

class ReadsOfLife extends StopLife<ReadsOfLife> {
  /** ∫ lo over full, and ∫ hi over awake. */
  private least = new Integral(this.rate.lo);
  private most = new Integral(this.rate.hi);
  /** vCPUs in the middle of an operation; and those that were as the VM last stopped. */
  readonly preempted = new Set<VcpuId>();
  private straddling: Set<VcpuId> = new Set();
  private readonly early = new Map<string, Early>();
  private startedNs: Ns | undefined;
  private settledNs: Ns | undefined;
  private readonly gainNs = gainPerWriterNs(this.premises);

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): ReadsOfLife {
    // A snapshot is a stop, and what was read before it is before that.
    const copy = new ReadsOfLife(circumstances);
    for (const vcpu of this.preempted) copy.preempted.add(vcpu);
    this.handDown(copy, saved);
    copy.straddling = new Set(this.preempted);
    return copy;
  }

  /** The operation that a vCPU stood in is through. */
  through(vcpu: VcpuId): void {
    this.preempted.delete(vcpu);
    this.straddling.delete(vcpu);
  }

  override forget(): void {
    this.early.clear();
  }

  protected override stopBegan(): void {
    this.early.clear();
    this.straddling = new Set(this.preempted);
    this.startedNs = undefined;
    this.settledNs = undefined;
  }

  protected override stopEnded(at: Event): void {
    this.startedNs = at.latestNs;
  }

  override edge(edge: Edge, from: Phase): Finding {
    super.edge(edge, from);
    const { phase } = this.presence;
    if (from === 'fully' && phase !== 'fully') this.least.end(edge.earliestNs);
    if (from !== 'fully' && phase === 'fully') this.least.begin(edge.latestNs);
    if (from !== 'away' && phase === 'away') this.most.end(edge.latestNs);
    if (from === 'away' && phase !== 'away') this.most.begin(edge.earliestNs);
    // A sleep of the guest's own is measured by itself: it is no part of the design.
    if (edge.kind === 'guest-suspended') this.early.clear();
    this.settle(edge);
    return undefined;
  }

  override stopHandled(handled: EventOf<'stop-handled'>): Finding {
    super.stopHandled(handled);
    this.settle(handled);
    return undefined;
  }

  private settle(at: Event): void {
    if (this.settling.isSettled) this.settledNs ??= at.latestNs;
  }

  override rateChanged(at: Event): void {
    const { lo, hi } = this.rate;
    this.least.changeRate(lo < this.least.rate ? at.earliestNs : at.latestNs, lo);
    this.most.changeRate(hi > this.most.rate ? at.earliestNs : at.latestNs, hi);
    this.allow(this.nominal.cycle * abs(hi - lo));
  }

  override lineChanged(): void {
    for (const each of this.early.values()) {
      const offNs = (witness: Witness) => {
        const { publication } = this;
        return max(publication.aboveNs(witness), publication.belowNs(witness));
      };
      each.high -= offNs(each.highest) * RATE_ONE;
      each.low += offNs(each.lowest) * RATE_ONE;
    }
  }

  override wrote({ kind }: Write): void {
    if (kind === 'clock-set') this.allow(RATE_ONE);
    this.allow(this.gainNs * RATE_ONE);
  }

  private allow(amount: bigint): void {
    if (amount === 0n) return;
    this.least.add(-amount);
    this.most.add(amount);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    super.clockSet(set);
    if (set.byDesign !== true) this.stepped(set);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    this.stepped(adjusted);
  }

  stepped(step: ClockStep): void {
    if (stepOf(step) === undefined) return;
    for (const key of this.early.keys()) {
      const [clock = key] = key.split(' ');
      if (SETTABLE.has(clock) && clock === key) this.early.delete(key);
    }
  }

  show(witness: Witness, values: readonly (readonly [string, Ns])[]): Finding {
    const { startedNs, settledNs } = this;
    if (startedNs === undefined || !this.nominal.isTied) return undefined;
    if (witness.earliestNs < startedNs || this.straddling.has(witness.actor.vcpu)) return undefined;
    if (this.ignores(witness)) return undefined;
    const isAfter = settledNs !== undefined && witness.earliestNs >= settledNs;
    const finding = isAfter ? this.judgeAll(witness, values) : undefined;
    // [t_r, s] is closed: who reads at the instant of s reads in it.
    if (settledNs === undefined || witness.latestNs <= settledNs) {
      for (const [key, ns] of values) this.keep(key, ns, witness);
    }
    return finding;
  }

  private judgeAll(witness: Witness, values: readonly (readonly [string, Ns])[]): Finding {
    let finding: Finding;
    for (const [key, ns] of values) {
      const early = this.early.get(key);
      if (early === undefined) continue;
      this.early.delete(key);
      const judged = this.judge(key, ns, witness, early);
      if (judged !== 'held') return judged;
      finding = judged;
    }
    return finding;
  }

  private keep(key: string, ns: Ns, witness: Witness): void {
    const high = ns * RATE_ONE - this.least.at(witness.latestNs);
    const low = ns * RATE_ONE - this.most.at(witness.earliestNs);
    const early = this.early.get(key);
    if (early === undefined) {
      this.early.set(key, { high, highest: witness, low, lowest: witness });
      return;
    }
    if (high > early.high) {
      early.high = high;
      early.highest = witness;
    }
    if (low < early.low) {
      early.low = low;
      early.lowest = witness;
    }
  }

  private judge(key: string, ns: Ns, witness: Witness, early: Early): Finding {
    const scaled = ns * RATE_ONE;
    const { stopErrorNs } = this.premises.declared;
    const isMonotonic = key.startsWith('CLOCK_MONOTONIC');
    const errorNs = stopErrorNs.monotonic + (isMonotonic ? 0n : stopErrorNs.boottime);
    const eps = errorNs * RATE_ONE + this.circumstances.slack.monotonic;
    const least = early.high + this.least.at(witness.earliestNs) - eps;
    const most = early.low + this.most.at(witness.latestNs) + eps;
    if (scaled < least) {
      return violation(key, ns, witness, early.highest, (least - scaled) / RATE_ONE, 'behind');
    }
    if (scaled > most) {
      return violation(key, ns, witness, early.lowest, (scaled - most) / RATE_ONE, 'ahead of');
    }
    return 'held';
  }
}

function violation(
  key: string,
  ns: Ns,
  settled: Witness,
  early: Witness,
  byNs: Ns,
  how: string,
): Finding {
  return {
    expected: `${key} read on ${nameOf(early)} after the stop to be what it turns out to be once the stop has settled`,
    observed: `the first read after that, ${ns} ns on ${nameOf(settled)}, is ${byNs} ns ${how} what follows from it`,
    evidence: [early, settled],
  };
}
