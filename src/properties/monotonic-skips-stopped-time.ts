import type { EventOf } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import { FOREVER, type Ns } from '../contract/units.js';
import { abs } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { holdErrorNs, stopErrorNs } from './granularity.js';
import { Growth } from './growth.js';
import { gainPerWriterNs } from './known-limits.js';
import { Life, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

type ClockRead = EventOf<'clock-read'>;

/**
 * c(r2) − c(r1) <= ∫ hi over awake(W_out) + q + n * s + x, on all windows [e(r1), l(r2)] with more
 * time away than that. awake is the time that is not surely away: a stop counts from its latest to
 * its end's earliest instant.
 *
 * With G = ∫ hi over awake, plus s at each stop and x at each allowance: c − G of the later read
 * is not above the lowest c − G of those before a stop. One comparison checks all windows, so
 * three capped jumps of 10 s are 30 s, and a jump that is taken back later still counts.
 *
 * x: with declared skew, what forward_now() gains (`negative-motion`), skew for each pair, as a
 * read behind `cycle_last` shows `cycle_last`, and 2 * skew * (change of rate); and for a read
 * made on the line that a publication ends what the new line lies above it.
 */
export const monotonicSkipsStoppedTime: Property = {
  name: 'monotonic-skips-stopped-time',
  statement: 'MONOTONIC and RAW do not count time in which the VM is stopped or suspended.',
  source: {
    title: 'Revert "Unify CLOCK_MONOTONIC and CLOCK_BOOTTIME" (a3ed0e4393d6)',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=a3ed0e4393d6',
  },
  monitor: (premises) => new Growths(premises, GrowthOfLife),
};

class Growths extends Watch<GrowthOfLife> {
  'clock-read'(read: ClockRead): Finding {
    // A page of the host's is a clock of the host's: whether it counts the stop is its own affair.
    if (read.via === 'nmi' || read.via === 'page') return undefined;
    return this.follower.of(read).judge(read);
  }
}

class GrowthOfLife extends Life<GrowthOfLife> {
  private readonly monotonic: Growth;
  private readonly raw: Growth;
  private readonly gainNs: Ns;
  private readonly allowsPublication: boolean;
  /** Latest instant at which the VM went away. */
  private awaySinceNs: Ns = 0n;
  /** Time surely away so far, and what was allowed for: n * s + x. */
  private awayNs: Ns = 0n;
  private errorNs: Ns = 0n;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.monotonic = new Growth(this.rate.hi);
    this.raw = new Growth(this.nominal.raw.hi);
    this.gainNs = gainPerWriterNs(this.premises);
    this.allowsPublication = !this.premises.strict.has('publication');
    this.findSlack();
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): GrowthOfLife {
    const copy = new GrowthOfLife(circumstances);
    const wasStopped = this.presence.isStopped;
    const wasAway = this.presence.phase === 'away';
    this.monotonic.copyTo(copy.monotonic, saved);
    this.raw.copyTo(copy.raw, saved);
    copy.awaySinceNs = this.awaySinceNs;
    copy.awayNs = this.awayNs;
    copy.errorNs = this.errorNs;
    if (!wasAway) copy.goAway(saved);
    if (!wasStopped) copy.allow(stopErrorNs(this.premises, this.nominal));
    return copy;
  }

  override forget(): void {
    this.monotonic.forget();
    this.raw.forget();
  }

  judge(read: ClockRead): Finding {
    const growth =
      read.clock === 'CLOCK_MONOTONIC'
        ? this.monotonic
        : read.clock === 'CLOCK_MONOTONIC_RAW'
          ? this.raw
          : undefined;
    // Without an end in time there is no upper bound.
    if (growth === undefined || !this.nominal.isTied || read.latestNs === FOREVER) return undefined;
    return this.ignores(read) ? undefined : growth.judge(read);
  }

  override edge(edge: Edge, from: Phase): Finding {
    const isAway = this.presence.phase === 'away';
    if (from !== 'away' && isAway) this.goAway(edge);
    this.monotonic.edges.push(edge);
    this.raw.edges.push(edge);
    if (edge.kind === 'guest-suspended') this.allow(holdErrorNs(this.nominal));
    if (edge.kind === 'vcpu-stopped' && this.presence.isStopped) {
      this.allow(stopErrorNs(this.premises, this.nominal));
    }
    if (from === 'away' && !isAway) this.comeBack(edge);
    return undefined;
  }

  private goAway(at: { readonly latestNs: Ns }): void {
    this.awaySinceNs = at.latestNs;
    const mark = this.awayNs - this.errorNs;
    this.monotonic.goAway(at.latestNs, mark);
    this.raw.goAway(at.latestNs, mark);
  }

  private comeBack(edge: Edge): void {
    if (edge.earliestNs > this.awaySinceNs) this.awayNs += edge.earliestNs - this.awaySinceNs;
    // A design's handlers may each move the clock to now, on any vCPU.
    if (edge.kind === 'vcpu-started') this.gain(this.gainNs * BigInt(this.nominal.vcpuCount));
    const mark = this.awayNs - this.errorNs;
    this.monotonic.comeBack(edge.earliestNs, mark);
    this.raw.comeBack(edge.earliestNs, mark);
  }

  override rateChanged(at: { readonly earliestNs: Ns; readonly latestNs: Ns }): void {
    const { allowed } = this.monotonic;
    // The slope changes at the counter's last edge, up to a cycle before the call.
    allowed.add(holdErrorNs(this.nominal) * abs(this.rate.hi - allowed.rate));
    allowed.changeRate(this.rate.hi > allowed.rate ? at.earliestNs : at.latestNs, this.rate.hi);
    this.findSlack();
  }

  override lineChanged(): void {
    if (!this.allowsPublication) return;
    this.monotonic.raise((read) => this.publication.belowNs(read) * RATE_ONE);
  }

  override wrote(_write: Write): void {
    this.gain(this.gainNs);
  }

  private gain(ns: Ns): void {
    if (ns === 0n) return;
    this.errorNs += ns;
    this.monotonic.allowed.add(ns * this.rate.highest);
    this.raw.allowed.add(ns * this.nominal.raw.hi);
  }

  private allow(ns: Ns): void {
    this.errorNs += ns;
    this.monotonic.allowed.add(ns * RATE_ONE);
    this.raw.allowed.add(ns * RATE_ONE);
  }

  private findSlack(): void {
    const { slack } = this.circumstances;
    this.monotonic.slack = slack.monotonic;
    this.raw.slack = slack.raw;
  }
}
