import type { Cycles, Ns } from '../../contract/units.js';
import { u64 } from '../../math/u64.js';
import { scaleTsc, type TscScale } from './guest-tsc.js';

/** What KVM keeps of the TSC of one vCPU. */
export interface SyncedVcpu {
  readonly scale: TscScale;
  /** 0: the frequency is not set, and nothing is matched. */
  readonly khz: bigint;
  offset: Cycles;
  generation: number;
}

/** The instant of a write: the host's boot-based raw clock, and its TSC. */
export interface Instant {
  readonly nowNs: Ns;
  readonly hostTsc: Cycles;
}

/**
 * How KVM takes the host's writes of the vCPUs' TSCs: a value close to what another vCPU's TSC shows by
 * now is taken for an attempt to write the same, and replaced by the offset of that one's generation. As
 * kvm_synchronize_tsc().
 */
export class TscSync {
  private lastNs: Ns = 0n;
  private lastWrite: Cycles = 0n;
  private lastKhz = 0n;
  private lastOffset: Cycles = 0n;
  private currentOffset: Cycles = 0n;
  private userSetTsc = false;
  generation = 0;
  /** vCPUs beyond the first whose TSC is of the current generation. */
  matched = 0;

  /** @param isHostStable whether the host's TSC can be trusted across its CPUs. */
  constructor(private readonly isHostStable = true) {}

  /** The VMM writes MSR TSC; creating a vCPU writes 0 the same way. */
  write(vcpu: SyncedVcpu, value: Cycles, at: Instant, isUser = true): void {
    const scaled = scaleTsc(at.hostTsc, vcpu.scale);
    const elapsed = (vcpu.khz * (at.nowNs - this.lastNs)) / 1_000_000n;
    const isMatched = this.looksLikeTheSame(vcpu, value, elapsed) && vcpu.khz === this.lastKhz;
    // The first value that a user writes is never replaced.
    if (isUser) this.userSetTsc = true;
    let written = value;
    let offset = u64(value - scaled);
    if (isMatched && this.isHostStable) offset = this.currentOffset;
    else if (isMatched) {
      written = u64(value + elapsed);
      offset = u64(written - scaled);
    }
    this.record(vcpu, written, offset, at.nowNs, isMatched);
  }

  /** The VMM writes the attribute KVM_VCPU_TSC_OFFSET: no value is replaced, equal offsets match. */
  writeOffset(vcpu: SyncedVcpu, offset: Cycles, at: Instant): void {
    const isMatched =
      vcpu.khz !== 0n && vcpu.khz === this.lastKhz && u64(offset) === this.lastOffset;
    const written = u64(scaleTsc(at.hostTsc, vcpu.scale) + offset);
    this.record(vcpu, written, u64(offset), at.nowNs, isMatched);
  }

  private looksLikeTheSame({ khz }: SyncedVcpu, value: Cycles, elapsed: Cycles): boolean {
    if (khz === 0n) return false;
    if (value === 0n) return true;
    if (!this.userSetTsc) return false;
    const expected = this.lastWrite + elapsed;
    const second = khz * 1000n;
    return value < u64(expected + second) && u64(value + second) > u64(expected);
  }

  private record(
    vcpu: SyncedVcpu,
    written: Cycles,
    offset: Cycles,
    nowNs: Ns,
    isMatched: boolean,
  ): void {
    vcpu.offset = offset;
    this.lastNs = nowNs;
    this.lastWrite = written;
    this.lastKhz = vcpu.khz;
    this.lastOffset = offset;
    if (!isMatched) {
      this.generation++;
      this.currentOffset = offset;
      this.matched = 0;
    } else if (vcpu.generation !== this.generation) this.matched++;
    vcpu.generation = this.generation;
  }
}
