import type { Cycles, Ns } from '../../contract/units.js';
import type { MultShift } from '../../math/mult-shift.js';
import { guestTsc, type TscScale } from './guest-tsc.js';
import {
  PVCLOCK_TSC_STABLE,
  type PvclockVcpuTimeInfo,
  pvclockScale,
  pvclockScaleDelta,
} from './pvclock.js';

/** What KVM takes its time from: the host's TSC, its raw clock, and REALTIME. */
export interface KvmHost {
  /** As the host kernel calibrated it, whole kHz. */
  readonly tscKhz: bigint;
  /** Of the host's clocksource: MONOTONIC_RAW and boot offset in one line from TSC 0. */
  readonly raw: MultShift;
}

/** An instant of the host. */
export interface HostInstant {
  readonly hostTsc: Cycles;
  readonly realtimeNs: Ns;
}

/** struct kvm_clock_data, with its flags as fields. */
export interface KvmClockData {
  readonly clock: Ns;
  /** KVM_CLOCK_REALTIME: the host's REALTIME at that instant. */
  readonly realtimeNs?: Ns;
  /** KVM_CLOCK_HOST_TSC. */
  readonly hostTsc?: Cycles;
}

const NSEC_PER_SEC = 1_000_000_000n;

/**
 * kvmclock of one VM on the host's side, with the master clock on: all vCPUs extrapolate from one
 * captured pair of the host's raw clock and TSC, until the pair is captured anew. As
 * pvclock_update_vm_gtod_copy(), KVM_GET_CLOCK and KVM_SET_CLOCK.
 */
export class Kvmclock {
  /** VM-wide: kvmclock minus the host's raw clock, ns. */
  offset: Ns;
  private masterKernelNs: Ns;
  private masterCycleNow: Cycles;

  /** A VM that begins now: kvmclock is 0. */
  constructor(
    private readonly host: KvmHost,
    at: HostInstant,
  ) {
    this.masterCycleNow = at.hostTsc;
    this.masterKernelNs = this.rawNs(at.hostTsc);
    this.offset = -this.masterKernelNs;
  }

  /** Captures the pair anew: kvmclock goes on from the raw clock, not from what the pages said. */
  updateMasterClock({ hostTsc }: HostInstant): void {
    this.masterCycleNow = hostTsc;
    this.masterKernelNs = this.rawNs(hostTsc);
  }

  /** The page of a vCPU: its rate is that of a guest of whole kHz. As kvm_guest_time_update(). */
  page(scale: TscScale, tscOffset: Cycles): PvclockVcpuTimeInfo {
    const guestKhz = (this.host.tscKhz * scale.ratio) >> scale.fraction;
    const { mul, shift } = pvclockScale(NSEC_PER_SEC, guestKhz * 1000n);
    return {
      tscTimestamp: guestTsc(this.masterCycleNow, scale, tscOffset),
      systemTime: this.masterKernelNs + this.offset,
      tscToSystemMul: mul,
      tscShift: shift,
      flags: PVCLOCK_TSC_STABLE,
    };
  }

  /** The page of a vCPU without the master clock: from a pair of its own, captured now. */
  pageNow(scale: TscScale, tscOffset: Cycles, { hostTsc }: HostInstant): PvclockVcpuTimeInfo {
    return {
      ...this.page(scale, tscOffset),
      tscTimestamp: guestTsc(hostTsc, scale, tscOffset),
      systemTime: this.rawNs(hostTsc) + this.offset,
      flags: 0,
    };
  }

  /** KVM_GET_CLOCK without the master clock: it knows neither REALTIME nor HOST_TSC. */
  getClockNow({ hostTsc }: HostInstant): KvmClockData {
    return { clock: this.rawNs(hostTsc) + this.offset };
  }

  /** KVM_GET_CLOCK: by the host's own kHz. Since Linux 5.16 it says REALTIME and HOST_TSC too. */
  getClock({ hostTsc, realtimeNs }: HostInstant): KvmClockData {
    const scale = pvclockScale(NSEC_PER_SEC, this.host.tscKhz * 1000n);
    const since = pvclockScaleDelta(hostTsc - this.masterCycleNow, scale);
    return { clock: this.masterKernelNs + this.offset + since, realtimeNs, hostTsc };
  }

  /** KVM_SET_CLOCK: with REALTIME forward by what the host's REALTIME went since, and never back. */
  setClock(data: KvmClockData, at: HostInstant): void {
    this.updateMasterClock(at);
    const { clock, realtimeNs = at.realtimeNs } = data;
    const forward = at.realtimeNs > realtimeNs ? at.realtimeNs - realtimeNs : 0n;
    this.offset = clock + forward - this.masterKernelNs;
  }

  private rawNs(hostTsc: Cycles): Ns {
    return (hostTsc * this.host.raw.mult) >> this.host.raw.shift;
  }
}

/** What the source of a migration measured: kvmclock and the host's TSC at one instant. */
export interface ClockPair {
  readonly guestNs: Ns;
  readonly hostTsc: Cycles;
}

/**
 * The TSC offset of a vCPU on its new host, as the kernel's documentation of KVM_VCPU_TSC_OFFSET has
 * it: the guest's TSC keeps the value that it has where kvmclock is 0. It knows no scaling.
 *
 * The product of ns and kHz is of 10^-6 cycles; what is below one cycle is dropped toward zero, as C
 * does: the text does not say.
 */
export function documentedTscOffset(
  offset: Cycles,
  source: ClockPair,
  destination: ClockPair,
  khz: bigint,
): Cycles {
  const cycles = ((source.guestNs - destination.guestNs) * khz) / 1_000_000n;
  return offset - cycles + (source.hostTsc - destination.hostTsc);
}
