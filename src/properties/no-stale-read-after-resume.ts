import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property } from '../contract/property.js';
import { ADJ_TAI } from '../contract/timex.js';
import type { Ns } from '../contract/units.js';
import { abs, max } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { type ClockStep, stepOf } from './clock-sets.js';
import { EarlyReads, type Slack } from './early-reads.js';
import type { Edge } from './edges.js';
import { gainPerWriterNs } from './known-limits.js';
import type { Witness, Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { StopLife, StopWatch } from './stop-life.js';
import type { Phase } from './window.js';

/** Clocks that a stop may leave behind until it has settled. */
const CLOCKS = ['CLOCK_MONOTONIC', 'CLOCK_BOOTTIME', 'CLOCK_REALTIME', 'CLOCK_TAI'] as const;
type Name = (typeof CLOCKS)[number];

/**
 * A stop settles at s. Each read r of a clock between the first start after the stop and s is right
 * already: the first read of that clock after s is c(r) + the time from r to it, ± eps. On intervals,
 * and where only some vCPUs run, that time lies between full(r, s) * lo and awake(r, V) * hi: how the
 * clock goes on after s is no matter of the stop, and another law sees one that stands still.
 *
 * eps is q, stopError of the design for that clock, once, as the window begins after the stop, and what
 * publications, writers and a change of the slope add. Reads of a suspended guest are none; neither is
 * one of the system's clocks that had begun before the first start, which may show what was. One of a
 * page that the host shares is, as its guards are to notice the stop: it may show any instant since it
 * began, by either host. Where somebody sets the clock who does not belong to the design, or UTC has a
 * leap second, REALTIME and TAI of before are dropped.
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
  private readonly early = new EarlyReads(this.rate.lo, this.rate.hi);
  /** vCPUs in the middle of an operation; and those that were as the VM last stopped. */
  readonly preempted = new Set<VcpuId>();
  private straddling: Set<VcpuId> = new Set();
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
    const overdue = this.overdue(edge);
    super.edge(edge, from);
    const { phase } = this.presence;
    const { least, most } = this.early;
    if (from === 'fully' && phase !== 'fully') least.end(edge.earliestNs);
    if (from !== 'fully' && phase === 'fully' && this.settledNs === undefined) {
      least.begin(edge.latestNs);
    }
    if (from !== 'away' && phase === 'away') most.end(edge.latestNs);
    if (from === 'away' && phase !== 'away') most.begin(edge.earliestNs);
    // A sleep of the guest's own is measured by itself: it is no part of the design.
    if (edge.kind === 'guest-suspended') this.early.clear();
    this.settle(edge);
    return overdue;
  }

  override stopHandled(handled: EventOf<'stop-handled'>): Finding {
    const overdue = this.overdue(handled);
    super.stopHandled(handled);
    this.settle(handled);
    return overdue;
  }

  private settle(at: Event): void {
    if (!this.settling.isSettled || this.settledNs !== undefined) return;
    this.settledNs = at.latestNs;
    this.early.least.end(at.earliestNs);
  }

  /** Where something was read, and the stop does not settle. */
  private overdue(event: Event): Finding {
    return this.early.isEmpty ? undefined : this.settling.overdue(event);
  }

  override rateChanged(at: Event): void {
    const { lo, hi } = this.rate;
    const { least, most } = this.early;
    least.changeRate(lo < least.rate ? at.earliestNs : at.latestNs, lo);
    most.changeRate(hi > most.rate ? at.earliestNs : at.latestNs, hi);
    this.early.allow(this.nominal.cycle * abs(hi - lo));
  }

  override lineChanged(): void {
    const { publication } = this;
    this.early.loosen((read) => max(publication.aboveNs(read), publication.belowNs(read)));
  }

  override wrote({ kind }: Write): void {
    if (kind === 'clock-set') this.early.allow(RATE_ONE);
    this.early.allow(this.gainNs * RATE_ONE);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    super.clockSet(set);
    if (set.byDesign !== true) this.stepped(set);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    this.stepped(adjusted);
    if ((adjusted.timex.modes & ADJ_TAI) !== 0) this.early.drop(['CLOCK_TAI']);
  }

  stepped(step: ClockStep): void {
    if (stepOf(step) !== undefined) this.early.drop(['CLOCK_REALTIME', 'CLOCK_TAI']);
  }

  show(witness: Witness, values: readonly (readonly [string, Ns])[]): Finding {
    const { startedNs, settledNs } = this;
    if (startedNs === undefined || !this.nominal.isTied) return undefined;
    const began = witness.earliestNs < startedNs || this.straddling.has(witness.actor.vcpu);
    if (began && !isOfPage(witness)) return undefined;
    if (this.presence.suspended || this.ignores(witness)) return undefined;
    // A tick that was stopped between its sample and its publication is what `publication` allows for.
    if (this.publication.isOpen && this.circumstances.ignoresOpen) return undefined;
    const isAfter = !began && settledNs !== undefined && witness.earliestNs >= settledNs;
    const finding = isAfter ? this.judgeAll(witness, values) : this.overdue(witness);
    // [t_r, s] is closed: who reads at the instant of s reads in it.
    if (settledNs === undefined || witness.latestNs <= settledNs) {
      for (const [key, ns] of values) {
        this.early.keep({ key, ns, witness }, began ? this.straddled(witness) : undefined);
      }
    }
    return finding;
  }

  /** What two hosts' pages may differ by, and ahead the time from the begin of the read to its end. */
  private straddled({ earliestNs, latestNs }: Witness): Slack {
    const behind = 2n * (this.premises.declared.realtimeNs ?? 0n) * RATE_ONE;
    return { behind, ahead: behind + (latestNs - earliestNs) * this.nominal.raw.hi };
  }

  private judgeAll(witness: Witness, values: readonly (readonly [string, Ns])[]): Finding {
    let finding: Finding;
    for (const [key, ns] of values) {
      const judged = this.early.judge({ key, ns, witness }, this.eps(key));
      if (judged !== undefined && judged !== 'held') return judged;
      finding ??= judged;
    }
    return finding;
  }

  private eps(key: string): bigint {
    const { monotonic, boottime } = this.premises.declared.stopErrorNs;
    const errorNs = monotonic + (key.startsWith('CLOCK_MONOTONIC') ? 0n : boottime);
    return errorNs * RATE_ONE + this.circumstances.slack.monotonic;
  }
}

function isOfPage(witness: Witness): boolean {
  return witness.kind === 'clock-read' && witness.via === 'page';
}
