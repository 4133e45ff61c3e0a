import type { ClockId } from '../contract/clock.js';
import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { type Demand, EarlierReads } from './earlier-reads.js';
import { COARSE_STEPS } from './known-limits.js';
import { Life, nameOf, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';

type ClockRead = EventOf<'clock-read'>;

/**
 * c(r2) >= c(r1) − skew(v1, v2) * hi − pub for r1 ≺ r2; on one vCPU skew is 0.
 *
 * pub lowers what a read demands at the publication that ends its line: see {@link Publication}.
 * RAW has no such line; COARSE shows the last update, so neither skew nor pub apply, but the step
 * that kernels before 6.15 make back (`coarse-step`, linux-timekeeping §6.4): an update that makes the slope
 * steeper moves the base, at `off` cycles after `cycle_last`, back by off * Δmult >> shift, unless
 * it accumulated more than that.
 */
export const monotonicNeverDecreases: Property = {
  name: 'monotonic-never-decreases',
  statement: 'Of two reads of a clock that cannot be set, the one surely later is not smaller.',
  source: {
    title: 'clock_gettime(2): "consecutive calls will not go backwards"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
  monitor: (premises) => new Reads(premises, ReadsOfLife),
};

class Reads extends Watch<ReadsOfLife> {
  'clock-read'(read: ClockRead): Finding {
    return this.follower.of(read).judge(read);
  }
}

/** The reads of one clock, by vCPU. */
class Track {
  /** No read so far demands more: a read at or past it is right, however ordered. */
  highestNs: Ns = -1n;
  /** What a read on another vCPU may lack, what any may. */
  skewNs: Ns = 0n;
  alwaysNs: Ns = 0n;
  /** Of those vCPUs that read it. */
  vcpus: (EarlierReads | undefined)[] = [];

  constructor(readonly line: 'ntp' | 'raw' | 'coarse') {}

  of(vcpu: VcpuId): EarlierReads {
    let reads = this.vcpus[vcpu];
    if (reads === undefined) {
      reads = new EarlierReads();
      this.vcpus[vcpu] = reads;
    }
    return reads;
  }

  lower(byNs: (read: ClockRead) => Ns, because: readonly Event[], isAllowed = true): void {
    if (this.vcpus.length === 0) return;
    for (const reads of this.vcpus) reads?.lower(byNs, because, isAllowed);
    this.findHighest();
  }

  copyTo(copy: Track, saved: EventOf<'vm-saved'>): void {
    if (this.vcpus.length === 0) return;
    copy.vcpus = this.vcpus.map((reads) => reads?.copy(saved));
    copy.findHighest();
  }

  forget(): void {
    this.vcpus = [];
    this.highestNs = -1n;
  }

  private findHighest(): void {
    let highest = -1n;
    for (const reads of this.vcpus) if (reads !== undefined) highest = reads.highestNs(highest);
    this.highestNs = highest;
  }

  isOrderedAfterAny(read: ClockRead): boolean {
    return this.vcpus.some((reads) => reads?.demandOn(read) !== undefined);
  }
}

class ReadsOfLife extends Life<ReadsOfLife> {
  private readonly monotonic: Track;
  private readonly boottime: Track;
  private readonly raw: Track;
  private readonly coarse: Track;
  private readonly tracks: readonly Track[];
  private readonly allowsPublication: boolean;
  private readonly ignoresFast: boolean;
  private readonly allowsCoarseStep: boolean;
  /** `cycle_last` as the last tick left it; undefined once another writer moved it. */
  private cycleLast: Cycles | undefined;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.monotonic = new Track('ntp');
    this.boottime = new Track('ntp');
    this.raw = new Track('raw');
    this.coarse = new Track('coarse');
    this.tracks = [this.monotonic, this.boottime, this.raw, this.coarse];
    const { machine, strict } = this.premises;
    this.allowsPublication = !strict.has('publication');
    this.ignoresFast = !strict.has('fast-reader');
    this.allowsCoarseStep = !strict.has('coarse-step') && COARSE_STEPS.has(machine.kernel);
    this.rateChanged();
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): ReadsOfLife {
    const copy = new ReadsOfLife(circumstances);
    copy.cycleLast = this.cycleLast;
    this.monotonic.copyTo(copy.monotonic, saved);
    this.boottime.copyTo(copy.boottime, saved);
    this.raw.copyTo(copy.raw, saved);
    this.coarse.copyTo(copy.coarse, saved);
    return copy;
  }

  override forget(): void {
    for (const track of this.tracks) track.forget();
  }

  judge(read: ClockRead): Finding {
    if (read.via === 'nmi' && this.ignoresFast) return undefined;
    const track = this.trackOf(read.clock);
    if (track === undefined || this.ignores(read)) return undefined;
    if (read.actor.vcpu >= this.nominal.vcpuCount) return undefined;
    const own = track.of(read.actor.vcpu);
    if (read.ns < track.highestNs) {
      const broken = this.stepBack(track, read);
      if (broken !== undefined) return broken;
    }
    const isTested = !own.isEmpty || track.isOrderedAfterAny(read);
    const floorNs = track.line === 'ntp' ? read.ns - this.staleNs(read) : read.ns;
    own.push(read, floorNs);
    if (floorNs > track.highestNs) track.highestNs = floorNs;
    return isTested ? 'held' : undefined;
  }

  /** A read that began before the last publication may have been made on the line before. */
  private staleNs(read: ClockRead): Ns {
    const { published } = this.publication;
    if (published === undefined || read.earliestNs >= published.latestNs) return 0n;
    return this.allowsPublication ? this.publication.aboveNs(read) : 0n;
  }

  private trackOf(clock: ClockId): Track | undefined {
    switch (clock) {
      case 'CLOCK_MONOTONIC':
        return this.monotonic;
      case 'CLOCK_MONOTONIC_RAW':
        return this.raw;
      case 'CLOCK_BOOTTIME':
        return this.boottime;
      case 'CLOCK_MONOTONIC_COARSE':
        return this.coarse;
      default:
        return undefined;
    }
  }

  private stepBack(track: Track, read: ClockRead): Violation | undefined {
    for (let vcpu = 0; vcpu < track.vcpus.length; vcpu++) {
      const demand = track.vcpus[vcpu]?.demandOn(read);
      if (demand === undefined || demand.floorNs <= read.ns) continue;
      const skewNs = vcpu === read.actor.vcpu ? 0n : track.skewNs;
      const leastNs = demand.floorNs - skewNs - track.alwaysNs;
      if (read.ns < leastNs) return violation(demand, read, leastNs);
    }
    return undefined;
  }

  override rateChanged(): void {
    const { raw, skewNs, hz } = this.nominal;
    const { highest, lowest } = this.rate;
    const { publicationNs } = this.premises.declared;
    if (skewNs === 0n && publicationNs === null) return;
    const rangeOf = (ns: Ns): Ns => (ns * (highest - lowest)) / RATE_ONE + 1n;
    const hasWindow = publicationNs !== null && publicationNs > 0n && this.allowsPublication;
    for (const track of this.tracks) {
      if (track.line === 'coarse') {
        // Without tick events: however often the rate changed within a tick, it lies in its range.
        const isAllowed = publicationNs !== null && this.allowsCoarseStep;
        track.alwaysNs = isAllowed ? rangeOf(ceilDivide(NSEC_PER_SEC, hz)) : 0n;
        continue;
      }
      const hi = track.line === 'raw' ? raw.hi : highest;
      track.skewNs = ceilDivide(skewNs * hi, RATE_ONE);
      track.alwaysNs = track.line === 'ntp' && hasWindow ? rangeOf(publicationNs) : 0n;
    }
  }

  override lineChanged(): void {
    const { sampled, published } = this.publication;
    if (sampled === undefined || published === undefined) return;
    const because = [sampled, published];
    const byNs = (read: ClockRead): Ns => this.publication.aboveNs(read);
    this.monotonic.lower(byNs, because, this.allowsPublication);
    this.boottime.lower(byNs, because, this.allowsPublication);
  }

  override ticked(
    published: EventOf<'tick-published'>,
    sampled: EventOf<'tick-sampled'> | undefined,
  ): void {
    const before = this.cycleLast;
    this.cycleLast = published.cycleLast;
    if (sampled === undefined || published.mult <= sampled.mult) return;
    const { spec, shift, mask } = this.nominal;
    const off = BigInt.asIntN(spec.widthBits, sampled.counter - published.cycleLast);
    const gained = before === undefined ? 0n : (published.cycleLast - before) & mask;
    const back = off * (published.mult - sampled.mult) - gained * sampled.mult;
    if (back <= 0n) return;
    const byNs = (back >> shift) + 1n;
    this.coarse.lower(() => byNs, [sampled, published], this.allowsCoarseStep);
  }

  /**
   * With declared skew a vCPU may find the line below where it was. After a suspend on one vCPU
   * and a resume on another it is that of another counter. And clock_settime(2) drops MONOTONIC's
   * fraction of a ns at its own counter, to which a vCPU behind it has yet to come.
   */
  override wrote(write: Write): void {
    this.cycleLast = undefined;
    if (this.nominal.skewNs === 0n) return;
    for (const track of this.tracks) {
      if (track.line === 'coarse') continue;
      if (write.kind === 'guest-resumed') track.lower(() => track.skewNs, [write]);
      else if (write.kind === 'clock-set' && track.line === 'ntp') track.lower(() => 1n, [write]);
    }
  }
}

function violation({ read: earlier, because }: Demand, read: ClockRead, leastNs: Ns): Violation {
  const allowedNs = earlier.ns - leastNs;
  const less = allowedNs === 0n ? '' : ` less ${allowedNs} ns for declared skew and publication`;
  return {
    expected: `${read.clock} at or past ${leastNs} ns, read earlier on ${nameOf(earlier)}${less}`,
    observed: `${read.ns} ns on ${nameOf(read)}: ${earlier.ns - read.ns} ns back`,
    evidence: [earlier, ...because, read],
  };
}
