import type { EventOf } from '../contract/event.js';
import type { Finding, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { abs, max } from '../math/u64.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import { stepOf } from './clock-sets.js';
import type { Edge } from './edges.js';
import { gainPerWriterNs } from './known-limits.js';
import { Leap } from './leap.js';
import type { Witness, Write } from './life.js';
import { type Mark, RealtimeBound, type RealtimeErrorNs } from './realtime-bound.js';
import { realtimeOf, vcpuOf } from './realtime-witness.js';
import { errorOver, SleepError } from './sleep-error.js';
import { StopLife, StopWatch } from './stop-life.js';
import type { Phase } from './window.js';

interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/** When REALTIME was last seen in settled time, and how far off it was. */
interface Known {
  readonly mark: Mark;
  readonly at: Span;
  /** Undefined: the boot, at which it is right. */
  readonly witness: Witness | undefined;
  readonly edgeCount: number;
}

/** Shows a law about |REALTIME − UTC| all that shows REALTIME. */
export abstract class RealtimeErrors<L extends RealtimeErrorOfLife<L>> extends StopWatch<L> {
  override booted(booted: EventOf<'booted'>): undefined {
    this.follower.of(booted).booted(booted);
  }

  'clock-read'(read: EventOf<'clock-read'>): Finding {
    return read.clock === 'CLOCK_REALTIME' ? this.follower.of(read).witness(read) : undefined;
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    return this.follower.of(snapshot).witness(snapshot);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).leapApplied(leap);
  }
}

/**
 * |REALTIME(r) − UTC(r)| <= eps_real for the reads after a stop, where the guest was right before it:
 * see {@link RealtimeBound}. The error before is that of the last read before the stop, in settled time;
 * if there was none since the boot, that of the boot, at which REALTIME is right.
 *
 * A clock that somebody sets who does not belong to the design ends the premise, until REALTIME was
 * seen right again, and then stopped again. So does a leap second that nobody told a running guest of.
 * A stop no longer than eps_real proves nothing.
 */
export abstract class RealtimeErrorOfLife<
  Self extends RealtimeErrorOfLife<Self>,
> extends StopLife<Self> {
  private bound = new RealtimeBound(this.premises, this.rate);
  private sleep = new SleepError(this.premises, this.nominal);
  private leap = new Leap(this.premises.machine);
  private readonly gainNs = gainPerWriterNs(this.premises);
  private known: Known | undefined;
  /** As it was when the last stop began. */
  private before: Known | undefined;
  /** Somebody set the clock: REALTIME counts as known only once it was seen right. */
  private wrongSince: Mark | undefined;
  private suspended: Span | undefined;
  private stoppedAt: Span | undefined;
  /** How long the last stop was at most. */
  private lastStopNs: Ns = 0n;

  /** Whether reads are judged that come before the stop has settled. */
  protected abstract readonly judgesUnsettled: boolean;

  protected abstract born(circumstances: Circumstances): Self;

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): Self {
    const copy = this.born(circumstances);
    copy.takeUp(this, saved);
    this.handDown(copy, saved);
    return copy;
  }

  private takeUp(from: RealtimeErrorOfLife<Self>, saved: EventOf<'vm-saved'>): void {
    const over = (known: Known | undefined) =>
      known !== undefined && wasOver(known.at, saved) ? known : undefined;
    this.bound = from.bound.copy(this.rate);
    this.sleep = from.sleep.copy();
    this.leap = from.leap.copy();
    this.known = over(from.known);
    this.before = over(from.before);
    this.wrongSince = from.wrongSince;
    this.suspended = from.suspended;
    this.stoppedAt = from.stoppedAt;
  }

  booted(booted: EventOf<'booted'>): void {
    this.know(booted, undefined, 0n);
  }

  private know(at: Span, witness: Witness | undefined, errorNs: Ns): void {
    const mark = this.bound.mark(at, errorNs, this.stopped);
    this.known = { mark, at, witness, edgeCount: this.edges.count };
  }

  override forget(): void {
    this.lost(undefined);
  }

  /** REALTIME went where no bound follows. */
  private lost(at: Span | undefined): void {
    this.known = undefined;
    this.before = undefined;
    if (at !== undefined) this.wrongSince = this.bound.mark(at, 0n, this.stopped);
  }

  witness(witness: Witness): Finding {
    const ns = realtimeOf(witness);
    if (ns === undefined || !this.nominal.isTied) return undefined;
    const { isSettled } = this.settling;
    if (!isSettled) {
      const overdue = this.judgesUnsettled ? undefined : this.settling.overdue(witness);
      if (overdue !== undefined) return overdue;
    }
    if (this.ignores(witness)) return undefined;
    if (this.leap.passes(witness, this.presence.phase === 'away')) this.lost(witness);
    const error = this.bound.errorOf(ns, witness);
    if (error === undefined) return undefined;
    const finding = isSettled || this.judgesUnsettled ? this.judge(witness, error) : undefined;
    const isPlain = !this.publication.isOpen && !this.leap.isOpen(witness);
    if (isSettled && isPlain) this.learn(witness, error);
    return finding;
  }

  private judge(witness: Witness, error: RealtimeErrorNs): Finding {
    const { before, stopped } = this;
    if (before === undefined || before.mark.stopCount === stopped.count) return undefined;
    const epsNs = this.epsNs(before.mark, witness);
    const awayNs = stopped.leastNs - before.mark.awayLeastNs;
    if (awayNs <= epsNs) return undefined;
    const beyondNs = this.leap.beyondNs(error, epsNs, witness);
    return beyondNs === 0n ? 'held' : this.violation(before, epsNs, awayNs, witness, error);
  }

  private learn(witness: Witness, error: RealtimeErrorNs): void {
    const errorNs = max(abs(error.least), abs(error.most));
    if (this.wrongSince !== undefined) {
      const mostNs =
        this.epsNs(this.wrongSince, witness) + (this.premises.declared.realtimeNs ?? 0n);
      if (errorNs > mostNs) return;
      this.wrongSince = undefined;
    }
    this.know(witness, witness, errorNs);
  }

  private epsNs(mark: Mark, at: Span): Ns {
    return this.bound.epsNs(mark, at, this.stopped, this.circumstances.slack.monotonic);
  }

  protected override stopBegan(at: Span): void {
    this.before = this.known;
    this.stoppedAt = at;
  }

  protected override stopEnded(at: Span): void {
    if (this.stoppedAt !== undefined) {
      this.lastStopNs = at.latestNs - this.stoppedAt.earliestNs;
      this.sleep.stopped(this.lastStopNs);
    }
    // A design's handlers may each move the clock to now, on any vCPU.
    this.bound.add(this.gainNs * BigInt(this.nominal.vcpuCount));
  }

  override edge(edge: Edge, from: Phase): Finding {
    const isOverdue = !this.judgesUnsettled && this.nominal.isTied;
    const overdue = isOverdue ? this.settling.overdue(edge) : undefined;
    if (this.leap.passes(edge, from === 'away')) this.lost(edge);
    super.edge(edge, from);
    if (edge.kind === 'guest-suspended') this.suspend(edge);
    if (edge.kind === 'guest-resumed') this.resume(edge);
    return overdue;
  }

  private suspend(suspended: EventOf<'guest-suspended'>): void {
    this.suspended = suspended;
    const { persistentClock, clocksource } = this.premises.machine.vms[this.vm] ?? {};
    if (persistentClock === 'none' && clocksource?.nonstop !== true) this.lost(suspended);
  }

  private resume(resumed: EventOf<'guest-resumed'>): void {
    const from = this.suspended ?? resumed;
    const leastNs = max(resumed.earliestNs - from.latestNs, 0n);
    const mostNs = max(resumed.latestNs - from.earliestNs, 0n);
    this.bound.add(this.sleep.endOf(resumed, leastNs, mostNs, this.rate));
  }

  override wrote(write: Write): void {
    this.bound.add(this.gainNs);
    this.sleep.written();
    if (write.kind === 'clock-set') this.sleep.clockSet(write);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    super.clockSet(set);
    if (stepOf(set) !== undefined && set.byDesign !== true) this.lost(set);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    this.sleep.ntpAdjusted(adjusted);
    if (this.leap.passes(adjusted, this.presence.phase === 'away')) this.lost(adjusted);
    this.leap.ntpAdjusted(adjusted);
    if (stepOf(adjusted) !== undefined) this.lost(adjusted);
  }

  leapApplied(leap: EventOf<'leap-applied'>): void {
    if (!this.leap.applied(leap)) this.lost(leap);
  }

  override rateChanged(at: Span): void {
    this.bound.rateChanged(at, this.rate);
    // What a handler has still to make up for the stop is counted at the rate that is in force by then.
    if (!this.settling.isSettled) this.bound.add(errorOver(this.lastStopNs, this.rate));
  }

  private violation(
    before: Known,
    epsNs: Ns,
    awayNs: Ns,
    witness: Witness,
    { least, most }: RealtimeErrorNs,
  ): Violation {
    const was =
      before.witness === undefined ? 'right at the boot' : `off by ${before.mark.errorNs} ns`;
    const off = least > 0n ? `${least} ns ahead of UTC` : `${-most} ns behind UTC`;
    const seen = before.witness === undefined ? [] : [before.witness];
    return {
      expected: `CLOCK_REALTIME within ${epsNs} ns of UTC: it was ${was}, and the VM was stopped for ${awayNs} ns since`,
      observed: `${off} on vCPU ${vcpuOf(witness)}`,
      evidence: [...seen, ...this.edges.since(before.edgeCount), witness],
    };
  }
}
