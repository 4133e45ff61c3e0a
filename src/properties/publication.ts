import type { EventOf } from '../contract/event.js';
import type { VcpuActor } from '../contract/schedule.js';
import type { Cycles, Ns } from '../contract/units.js';
import { min } from '../math/u64.js';
import type { Nominal } from './nominal.js';

type Sampled = EventOf<'tick-sampled'>;
type Published = EventOf<'tick-published'>;

/** A read of a clock that follows NTP; without a counter value its instant must do. */
export interface Sample {
  readonly actor: VcpuActor;
  readonly latestNs: Ns;
  readonly counter: Cycles | null;
}

/**
 * The publication of one tick, as the readers of other vCPUs see it (bound B2).
 *
 * MONOTONIC is a line in the counter: mult is its slope. The tick makes the new line meet the old
 * one at the counter c0 that it sampled, exact to the last bit (timekeeping_apply_adjustment()),
 * but readers follow the old line until it is published at c1. A value read at c in (c0, c1]
 * therefore lies above the new line by (c − c0) * (m_old − m_new) >> shift, or below it if the
 * slope grows; 1 ns more, as both values are cut to whole ns.
 *
 * This is the tight form of the publication window of laws.md, and still sound:
 *
 * - A read at c <= c0 needs no allowance: the lines meet at c0, every later line meets its
 *   forerunner at a later sample, and each rises. So of all publications between two reads only
 *   the one that ended the first read's line counts, and nothing adds up over thousands of ticks.
 * - For w = c1 − c0 = 0 no c lies in (c0, c1]: where an act is atomic, the values are exact, and
 *   flooring keeps order, so that the "+ 1 ns" of the formula is owed only where w > 0.
 * - The ticking vCPU itself reads nothing between its sample and its publication.
 *
 * Counters that differ between vCPUs open the same window without any time passing: on a vCPU that
 * is k cycles ahead, c − c0 is up to k at the sample; on one that is k behind, a line that becomes
 * steeper is lower by up to k * (m_new − m_old) for as long as its counter has not reached c0.
 */
export class Publication {
  /** The two events of the last publication that changed the slope. */
  sampled: Sampled | undefined;
  published: Published | undefined;
  private open: Sampled | undefined;
  /** Slope before minus after; 0: nothing to allow for. */
  private drop = 0n;

  constructor(private readonly nominal: Nominal) {}

  copy(): Publication {
    return Object.assign(new Publication(this.nominal), this);
  }

  /**
   * Whether a tick has sampled and not published: the vDSO page may show what the system call does
   * not yet.
   */
  get isOpen(): boolean {
    return this.open !== undefined;
  }

  tickSampled(sampled: Sampled): void {
    this.open = sampled;
  }

  /** The sample of the tick that is published now, if it was seen. */
  sampleOf(published: Published): Sampled | undefined {
    const { open } = this;
    return open !== undefined && open.actor.vcpu === published.actor.vcpu ? open : undefined;
  }

  /** @returns whether values read before it may lie off the new line. */
  tickPublished(published: Published, sampled: Sampled | undefined): boolean {
    this.open = undefined;
    this.drop = 0n;
    if (sampled === undefined || sampled.mult === published.mult) return false;
    if (sampled.counter === published.counter && this.nominal.skewCycles === 0n) return false;
    this.drop = sampled.mult - published.mult;
    this.sampled = sampled;
    this.published = published;
    return true;
  }

  /** Bound on how far a value of MONOTONIC that was read before it lies above the new line, ns. */
  aboveNs(read: Sample): Ns {
    return this.offNs(read, this.drop);
  }

  /** The same for below. */
  belowNs(read: Sample): Ns {
    return this.offNs(read, -this.drop);
  }

  private offNs(read: Sample, drop: bigint): Ns {
    const { sampled, published } = this;
    if (drop === 0n || sampled === undefined || published === undefined) return 0n;
    if (read.actor.vcpu === sampled.actor.vcpu) return 0n;
    const { shift, skewCycles, skewNs, spec, mask } = this.nominal;
    const window = ((published.counter - sampled.counter) & mask) + skewCycles;
    let cycles = drop > 0n ? window : 2n * skewCycles;
    if (read.counter !== null) {
      const past = BigInt.asIntN(spec.widthBits, read.counter - sampled.counter);
      const off = drop > 0n ? past : -past;
      // Further off it was read long before: on an older line, which its own successor has met. What
      // was behind `cycle_last` shows the time there, up to the skew further on.
      const reach = drop > 0n ? cycles : cycles + skewCycles;
      cycles = off > 0n && off <= reach ? min(off, cycles) : 0n;
    } else if (read.latestNs + 2n * skewNs < sampled.earliestNs) return 0n;
    if (cycles === 0n) return 0n;
    return ((cycles * (drop > 0n ? drop : -drop)) >> shift) + 1n;
  }
}

/**
 * How far a value that was read at `counter` before a tick was published lies off the line that was
 * published, ns: bound B2. 0 for one that was read before the tick's sample.
 */
export function readOnOldLineNs(
  { mask, spec, shift }: Nominal,
  sampled: Sampled,
  published: Published,
  counter: Cycles,
): Ns {
  const past = BigInt.asIntN(spec.widthBits, counter - sampled.counter);
  const cycles = min(past, (published.counter - sampled.counter) & mask);
  const turn = sampled.mult - published.mult;
  return cycles <= 0n || turn === 0n ? 0n : ((cycles * (turn > 0n ? turn : -turn)) >> shift) + 1n;
}
