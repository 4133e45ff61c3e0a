import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { abs, ceilDivide } from '../math/u64.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { holdErrorNs, stopErrorNs } from './granularity.js';
import { Life, nameOf, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';
import { Integral, type Phase } from './window.js';

type ClockRead = EventOf<'clock-read'>;

/**
 * c(r2) − c(r1) >= ∫ lo over full(W_in) − skew − q, on all windows [l(r1), e(r2)].
 *
 * With F = ∫ lo over full: c − F of the later read is not below the highest c − F before it. Below
 * it and with full(W_in) * lo <= skew + q nothing is owed: such a window breaks
 * `monotonic-never-decreases`, if any law. So pairs that are not ordered need no thought, as their
 * W_in is empty.
 *
 * Where a sound kernel moves less, F is lowered by what laws.md and the specification name:
 *
 * - s at each stop and suspend, of which a window in full time may contain some;
 * - a read made on the line that a publication ends (see {@link Publication});
 * - clock_settime(2) drops the fraction of a ns (linux-timekeeping §7);
 * - with declared skew, a read behind `cycle_last` shows `cycle_last`, on one vCPU as well: skew
 *   is owed by every pair; and where the slope changes it is another 2 * skew * (change of rate).
 */
export const monotonicKeepsMoving: Property = {
  name: 'monotonic-keeps-moving',
  statement: 'While all vCPUs run, MONOTONIC and RAW advance at no less than the rate in force.',
  source: {
    title: 'clocksource: Make negative motion detection more robust (76031d9536a0)',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=76031d9536a0',
  },
  monitor: (premises) => new Motions(premises, MotionOfLife),
};

class Motions extends Watch<MotionOfLife> {
  'clock-read'(read: ClockRead): Finding {
    // A page of the host's is a clock of the host's: whether it counts the stop is its own affair.
    if (read.via === 'nmi' || read.via === 'page') return undefined;
    return this.follower.of(read).judge(read);
  }
}

/** One clock: what it showed at the least, and what that demands. Sums are in ns * RATE_ONE. */
class Motion {
  owed: Integral;
  /** Most that a pair may lack. */
  slack = 0n;
  /** Highest c − F so far, of this read, made at this F. */
  highest = 0n;
  read: ClockRead | undefined;
  private owedAtRead = 0n;
  private firstOwed = 0n;

  constructor(lowestRate: bigint) {
    this.owed = new Integral(lowestRate);
  }

  copyTo(copy: Motion, saved: EventOf<'vm-saved'>): void {
    copy.owed = this.owed.copy();
    if (this.read === undefined || !wasOver(this.read, saved)) return;
    copy.highest = this.highest;
    copy.read = this.read;
    copy.owedAtRead = this.owedAtRead;
    copy.firstOwed = this.firstOwed;
  }

  judge(read: ClockRead): Finding {
    const { owed } = this;
    // It straddles a stop or a change of rate: what was owed at its begin is not known.
    if (read.earliestNs < owed.edgeNs) return undefined;
    const owedBefore = owed.at(read.earliestNs);
    const scaled = read.ns * RATE_ONE;
    const value = scaled - owedBefore;
    if (this.read === undefined) {
      this.firstOwed = owed.at(read.latestNs);
      this.keep(read, scaled - this.firstOwed, this.firstOwed);
      return undefined;
    }
    if (value < this.highest) {
      const isOwed = owedBefore - this.owedAtRead > this.slack;
      if (isOwed && this.highest - value > this.slack) {
        return violation(this.read, read, this.highest + owedBefore - this.slack);
      }
      if (read.latestNs === read.earliestNs) return this.isTested(owedBefore);
    }
    const owedAfter = read.latestNs === read.earliestNs ? owedBefore : owed.at(read.latestNs);
    if (scaled - owedAfter >= this.highest) this.keep(read, scaled - owedAfter, owedAfter);
    return this.isTested(owedBefore);
  }

  /** The first read of the life and this one are a window with something owed. */
  private isTested(owedBefore: bigint): 'held' | undefined {
    return owedBefore - this.firstOwed > this.slack ? 'held' : undefined;
  }

  private keep(read: ClockRead, value: bigint, owedAtRead: bigint): void {
    this.highest = value;
    this.read = read;
    this.owedAtRead = owedAtRead;
  }
}

class MotionOfLife extends Life<MotionOfLife> {
  private monotonic: Motion;
  private raw: Motion;
  private readonly allowsPublication: boolean;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.monotonic = new Motion(this.rate.lo);
    this.raw = new Motion(this.nominal.raw.lo);
    this.allowsPublication = !this.premises.strict.has('publication');
    this.findSlack();
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): MotionOfLife {
    const copy = new MotionOfLife(circumstances);
    this.monotonic.copyTo(copy.monotonic, saved);
    this.raw.copyTo(copy.raw, saved);
    if (this.presence.phase === 'fully') copy.hold(saved.earliestNs, 'vcpu-stopped');
    return copy;
  }

  override forget(): void {
    this.monotonic.read = undefined;
    this.raw.read = undefined;
  }

  judge(read: ClockRead): Finding {
    const motion =
      read.clock === 'CLOCK_MONOTONIC'
        ? this.monotonic
        : read.clock === 'CLOCK_MONOTONIC_RAW'
          ? this.raw
          : undefined;
    if (motion === undefined || !this.nominal.isTied || this.ignores(read)) return undefined;
    return motion.judge(read);
  }

  override edge(edge: Edge, from: Phase): Finding {
    const { phase } = this.presence;
    if (from === 'fully' && phase !== 'fully') this.hold(edge.earliestNs, edge.kind);
    if (phase !== 'fully' || from === 'fully') return undefined;
    this.monotonic.owed.begin(edge.latestNs);
    this.raw.owed.begin(edge.latestNs);
    return undefined;
  }

  private hold(atNs: Ns, by: Edge['kind']): void {
    const errorNs =
      by === 'guest-suspended'
        ? holdErrorNs(this.nominal)
        : stopErrorNs(this.premises, this.nominal);
    for (const { owed } of [this.monotonic, this.raw]) {
      owed.end(atNs);
      owed.add(-errorNs * RATE_ONE);
    }
  }

  override rateChanged(at: { readonly earliestNs: bigint; readonly latestNs: bigint }): void {
    const { owed } = this.monotonic;
    // The slope changes at the counter's last edge, up to a cycle before the call.
    owed.add(-holdErrorNs(this.nominal) * abs(this.rate.lo - owed.rate));
    owed.changeRate(this.rate.lo < owed.rate ? at.earliestNs : at.latestNs, this.rate.lo);
    this.findSlack();
  }

  override lineChanged(): void {
    const { read } = this.monotonic;
    if (read === undefined || !this.allowsPublication) return;
    this.monotonic.highest -= this.publication.aboveNs(read) * RATE_ONE;
  }

  override wrote({ kind }: Write): void {
    if (kind === 'clock-set') this.monotonic.owed.add(-RATE_ONE);
    if (kind !== 'guest-resumed') return;
    // Resumed by another vCPU than suspended it, the line is that of another counter.
    const { skewNs, raw } = this.nominal;
    this.monotonic.owed.add(-skewNs * this.rate.highest);
    this.raw.owed.add(-skewNs * raw.hi);
  }

  private findSlack(): void {
    const { slack } = this.circumstances;
    this.monotonic.slack = slack.monotonic;
    this.raw.slack = slack.raw;
  }
}

/** `least`: of the clock, in ns * RATE_ONE. */
function violation(earlier: ClockRead, read: ClockRead, least: bigint): Violation {
  const leastNs = ceilDivide(least, RATE_ONE);
  const was = `${earlier.ns} ns were read on ${nameOf(earlier)}`;
  const since = `all vCPUs ran for ${leastNs - earlier.ns} ns since, at the lowest rate in force`;
  return {
    expected: `${read.clock} at or past ${leastNs} ns: ${was}, and ${since}`,
    observed: `${read.ns} ns on ${nameOf(read)}: ${leastNs - read.ns} ns short`,
    evidence: [earlier, read],
  };
}
