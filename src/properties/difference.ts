import type { EventOf } from '../contract/event.js';
import type { Finding, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import { wasOver } from './before.js';
import { type Edge, Edges } from './edges.js';

type ClockRead = EventOf<'clock-read'>;
type Snapshot = EventOf<'snapshot-taken'>;

/** q of laws.md: of values from one counter sample; a bracket has its width instead. */
const SAMPLE_Q = 1n;

/**
 * A sample of g = BOOTTIME − MONOTONIC: the read of BOOTTIME with those around it, or a snapshot.
 */
interface Sample {
  readonly lowNs: Ns;
  readonly highNs: Ns;
  readonly q: Ns;
  readonly events: readonly (ClockRead | Snapshot)[];
}

/**
 * The sample that demands most of the later ones, and its g less what was away and allowed by
 * then.
 */
interface Extreme {
  readonly sample: Sample;
  readonly ns: Ns;
  /** Stops and starts before it. */
  readonly edges: number;
}

/** Reads of one vCPU that may become a bracket. */
interface Bracket {
  readonly before: ClockRead;
  boottime: ClockRead | undefined;
}

/** How BOOTTIME − MONOTONIC of settled samples compares with the time away between them. */
export class Difference {
  /** How far MONOTONIC may be behind inside a bracket. */
  publicationNs: Ns = 0n;
  /** Bounds of the time away so far, and what is allowed: n * s. */
  private awayLowNs: Ns = 0n;
  private awayHighNs: Ns = 0n;
  private allowedNs: Ns = 0n;
  /** Highest g − away − …: no later one may be below; lowest: none above. */
  private highest: Extreme | undefined;
  private lowest: Extreme | undefined;
  /** Of the vCPUs that read MONOTONIC. */
  private brackets: Bracket[] = [];
  private edges = new Edges();

  constructor(private readonly vcpuCount: number) {}

  copy(saved: EventOf<'vm-saved'>): Difference {
    const copy = new Difference(this.vcpuCount);
    const over = (extreme: Extreme | undefined): Extreme | undefined =>
      extreme?.sample.events.every((event) => wasOver(event, saved)) === true ? extreme : undefined;
    copy.publicationNs = this.publicationNs;
    copy.awayLowNs = this.awayLowNs;
    copy.awayHighNs = this.awayHighNs;
    copy.allowedNs = this.allowedNs;
    copy.edges = this.edges.copy();
    copy.highest = over(this.highest);
    copy.lowest = over(this.lowest);
    return copy;
  }

  forget(): void {
    this.highest = undefined;
    this.lowest = undefined;
    this.forgetBrackets();
  }

  /** The VM stops or goes on: nothing brackets that. */
  edge(edge: Edge): void {
    this.edges.push(edge);
    this.forgetBrackets();
  }

  forgetBrackets(): void {
    if (this.brackets.length > 0) this.brackets = [];
  }

  allow(ns: Ns): void {
    this.allowedNs += ns;
  }

  away(leastNs: Ns, mostNs: Ns): void {
    this.awayLowNs += leastNs;
    this.awayHighNs += mostNs;
  }

  boottime(read: ClockRead): void {
    const bracket = this.brackets[read.actor.vcpu];
    if (bracket !== undefined) bracket.boottime = read;
  }

  monotonic(read: ClockRead): Finding {
    const { vcpu } = read.actor;
    if (vcpu >= this.vcpuCount) return undefined;
    const bracket = this.brackets[vcpu];
    this.brackets[vcpu] = { before: read, boottime: undefined };
    if (bracket?.boottime === undefined) return undefined;
    const { before, boottime } = bracket;
    const highNs = boottime.ns - before.ns + this.publicationNs;
    const lowNs = boottime.ns - read.ns - this.publicationNs;
    if (this.isInside(lowNs, highNs)) return 'held';
    return this.judge({ lowNs, highNs, q: 0n, events: [before, boottime, read] });
  }

  snapshot(snapshot: Snapshot): Finding {
    const ns = snapshot.boottimeNs - snapshot.monotonicNs;
    if (this.isInside(ns, ns)) return 'held';
    return this.judge({ lowNs: ns, highNs: ns, q: SAMPLE_Q, events: [snapshot] });
  }

  /** The usual case: it neither breaks the law nor demands more than what is known already. */
  private isInside(lowNs: Ns, highNs: Ns): boolean {
    const { highest, lowest } = this;
    if (highest === undefined || lowest === undefined) return false;
    const fromLow = lowNs - this.awayLowNs + this.allowedNs;
    const fromHigh = highNs - this.awayHighNs - this.allowedNs;
    return (
      fromLow <= highest.ns &&
      fromHigh >= lowest.ns &&
      highNs - this.awayLowNs + this.allowedNs >= highest.ns &&
      lowNs - this.awayHighNs - this.allowedNs <= lowest.ns
    );
  }

  private judge(sample: Sample): Finding {
    const { highest, lowest, awayLowNs, awayHighNs, allowedNs } = this;
    if (highest !== undefined) {
      const leastNs = highest.ns + awayLowNs - allowedNs - max(highest.sample.q, sample.q);
      if (sample.highNs < leastNs) return this.violation(highest, sample, leastNs, true);
    }
    if (lowest !== undefined) {
      const mostNs = lowest.ns + awayHighNs + allowedNs + max(lowest.sample.q, sample.q);
      if (sample.lowNs > mostNs) return this.violation(lowest, sample, mostNs, false);
    }
    const { count } = this.edges;
    const low = sample.lowNs - awayLowNs + allowedNs;
    if (highest === undefined || low > highest.ns) this.highest = { sample, ns: low, edges: count };
    const high = sample.highNs - awayHighNs - allowedNs;
    if (lowest === undefined || high < lowest.ns) this.lowest = { sample, ns: high, edges: count };
    return highest === undefined ? undefined : 'held';
  }

  private violation(from: Extreme, sample: Sample, boundNs: Ns, isLeast: boolean): Violation {
    const wasNs = isLeast ? from.sample.lowNs : from.sample.highNs;
    const isNs = isLeast ? sample.highNs : sample.lowNs;
    const offNs = isLeast ? boundNs - isNs : isNs - boundNs;
    const which = isLeast ? 'least' : 'most';
    const bound = `CLOCK_BOOTTIME at ${which} ${boundNs} ns ahead of CLOCK_MONOTONIC`;
    const away = `the VM was away for ${boundNs - wasNs} ns since, with what its stops may be off`;
    return {
      expected: `${bound}: it was by ${wasNs} ns, and ${away}`,
      observed: `${isNs} ns ahead: ${offNs} ns too ${isLeast ? 'little' : 'much'}`,
      evidence: [...from.sample.events, ...this.edges.since(from.edges), ...sample.events],
    };
  }
}
