import type { EventOf } from '../contract/event.js';
import type { KernelVersion, VcpuId, VmId } from '../contract/machine.js';
import type { Premises } from '../contract/property.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { maxAdjustment } from '../math/mult-shift.js';
import { min } from '../math/u64.js';
import { longestGapNs, type Nominal } from './nominal.js';
import type { Phase } from './window.js';

/** Before any instant that there is. */
const NEVER: Ns = -(2n ** 64n);

/** The counter of the guests whose vDSO is the generic one; x86 has one of its own. */
const GENERIC_VDSO = 'arch_sys_counter';

/** Kernels whose coarse clocks have no value of their own: known limit `coarse-step`. */
export const COARSE_STEPS: ReadonlySet<KernelVersion> = new Set(['6.12.109', '6.12.117', '6.13']);

interface Act {
  readonly actor: { readonly vm: VmId; readonly vcpu?: VcpuId };
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/**
 * The known limits of laws.md that come from a counter left alone for too long. A law forgets what
 * it saw before such a gap: that weakens it, and never blames the kernel for what it documents.
 *
 * - `narrow-counter`: where max_cycles is the whole mask (24 and 32 bits), updates take more than
 *   7/8 of the mask to be a counter that ran backward and drop it, and readers lose a wrap
 *   (§12.9).
 * - `over-adjust`: above maxadj (PLL and adjtime together; not enforced) delta * mult overflows
 *   before a reader changes to wide arithmetic: MONOTONIC loses 2^64 >> shift ns (§3, bound B1 iv).
 * - On a narrow counter a reader that is behind `cycle_last`, as vCPUs with declared skew may be
 *   for that long after another one wrote, sees almost a whole wrap (§1, the hole).
 *
 * A gap is measured in true time, whether the VM runs or not: a counter that stops in between has
 * counted less, so this errs on the side of forgetting.
 */
export class Accumulation {
  /** Whether there is anything to ask for. */
  isLimited: boolean;
  private sinceNs: Ns = 0n;
  private readonly narrowNs: Ns | undefined;
  private limitNs: Ns | undefined;
  /** When each vCPU last wrote; kept where there is a hole only. */
  private writtenNs: readonly Ns[] = [];
  private readonly hasHole: boolean;
  /** `generic-vdso-behind`: a vDSO of this guest takes a counter behind `cycle_last` for a wrap. */
  private readonly hasVdsoHole: boolean;
  /** When a vCPU last started, with a counter that may have stood still. */
  private startedNs: Ns = 0n;

  constructor(
    private readonly premises: Premises,
    private readonly nominal: Nominal,
  ) {
    const hasTicks = premises.declared.publicationNs === null;
    if (hasTicks && !premises.strict.has('narrow-counter')) this.narrowNs = nominal.narrowNs;
    this.limitNs = this.narrowNs;
    this.isLimited = this.narrowNs !== undefined;
    const isSkewed = nominal.skewNs > 0n;
    this.hasHole = this.isLimited && isSkewed;
    const isGeneric = nominal.spec.name === GENERIC_VDSO;
    this.hasVdsoHole = isSkewed && isGeneric && !premises.strict.has('generic-vdso-behind');
  }

  copy(): Accumulation {
    return Object.assign(new Accumulation(this.premises, this.nominal), this);
  }

  /** Whether the gap up to this act may be too long. */
  isOverdue(act: Act): boolean {
    return this.limitNs !== undefined && act.latestNs - this.sinceNs > this.limitNs;
  }

  /** Whether the reader's counter may be behind `cycle_last` where that is a jump by a wrap. */
  isInHole(read: EventOf<'clock-read'> | EventOf<'snapshot-taken'>): boolean {
    if (!this.hasHole) return false;
    const { skewNs } = this.nominal;
    return this.writtenNs.some(
      (atNs, vcpu) => vcpu !== read.actor.vcpu && atNs + 2n * skewNs >= read.earliestNs,
    );
  }

  /**
   * Whether the counter of a read of the vDSO may be behind `cycle_last`, where that vDSO jumps ahead
   * by almost the counter's whole width (§10).
   */
  isVdsoBehind(read: EventOf<'clock-read'>, phase: Phase): boolean {
    if (!this.hasVdsoHole) return false;
    // A VMM that stops the vCPUs one by one may hold the counters of all.
    if (phase !== 'fully') return true;
    const { skewNs } = this.nominal;
    const isRecent = (atNs: Ns): boolean => atNs + 2n * skewNs >= read.earliestNs;
    return (
      isRecent(this.startedNs) ||
      this.writtenNs.some((atNs, vcpu) => vcpu !== read.actor.vcpu && isRecent(atNs))
    );
  }

  started(at: { readonly latestNs: Ns }): void {
    this.startedNs = at.latestNs;
  }

  /**
   * A writer has taken the clock up to now. @returns whether the gap before may have been too
   * long.
   */
  accumulated(act: Act): boolean {
    const wasOverdue = this.isOverdue(act);
    this.sinceNs = act.earliestNs;
    const { vcpu } = act.actor;
    if ((this.hasHole || this.hasVdsoHole) && vcpu !== undefined) {
      this.writtenNs = Array.from({ length: this.nominal.vcpuCount }, (_, at) =>
        at === vcpu ? act.latestNs : (this.writtenNs[at] ?? NEVER),
      );
    }
    return wasOverdue;
  }

  /** A tick takes the clock up to its sample; after too long a gap it accumulates nothing. */
  tickPublished(
    published: EventOf<'tick-published'>,
    sampled: EventOf<'tick-sampled'> | undefined,
  ): boolean {
    const { mask, tickCycles } = this.nominal;
    const { counter, earliestNs } = sampled ?? published;
    const { sinceNs } = this;
    const wasOverdue = this.accumulated(published);
    const leftOver = (counter - published.cycleLast) & mask;
    this.sinceNs = wasOverdue && leftOver > 2n * tickCycles ? sinceNs : earliestNs;
    this.adjusted(published.mult);
    return wasOverdue;
  }

  private adjusted(mult: bigint): void {
    const { mult: nominalMult, shift, maxCycles } = this.nominal;
    const isOver = mult > nominalMult + maxAdjustment(nominalMult);
    if (!isOver || this.premises.strict.has('over-adjust')) this.limitNs = this.narrowNs;
    else {
      const overflowAt = (2n ** 64n - (NSEC_PER_SEC << shift)) / mult;
      const limitNs = longestGapNs(this.nominal, min(overflowAt, maxCycles));
      this.limitNs = this.narrowNs === undefined ? limitNs : min(limitNs, this.narrowNs);
    }
    this.isLimited = this.limitNs !== undefined;
  }
}

/**
 * Known limit `negative-motion` (§4, note to B1), in ns of true time per event: forward_now() on a
 * vCPU whose counter is behind `cycle_last` moves `cycle_last` back, so that MONOTONIC and RAW
 * gain what it was behind. 0 where counters are synchronised.
 */
export function gainPerWriterNs({ strict, declared }: Premises): Ns {
  return strict.has('negative-motion') ? 0n : declared.skewNs;
}
