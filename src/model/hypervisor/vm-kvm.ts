import type { KvmclockSpec } from '../../contract/machine.js';
import { nominalMultShift } from '../../math/mult-shift.js';
import { s64, u64 } from '../../math/u64.js';
import type { Vcpu } from '../vcpu.js';
import type { Vm } from '../vm.js';
import { VMX_FRACTION } from './guest-tsc.js';
import { type HostInstant, Kvmclock, type KvmHost } from './kvmclock.js';
import type { PvclockVcpuTimeInfo } from './pvclock.js';
import { type Instant, type SyncedVcpu, TscSync } from './tsc-sync.js';

/** Guests run at the host's rate: no TSC is scaled. */
export const SAME_RATE = { ratio: 1n << VMX_FRACTION, fraction: VMX_FRACTION };

/**
 * What KVM keeps of one VM on the host where it is, none of which travels: how its TSCs were written,
 * and its kvmclock if it has one. A VM that was moved or restored gets another.
 */
export class VmKvm {
  private sync = new TscSync();
  private hasCreated = false;
  private readonly synced: readonly SyncedVcpu[];
  readonly kvmclock: Kvmclock | undefined;

  constructor(
    private readonly vm: Vm,
    private readonly spec: KvmclockSpec | undefined,
  ) {
    const { counterHz } = vm.world.hostOf(vm.host);
    const khz = spec === undefined ? vm.nominalHz / 1000n : counterHz / 1000n;
    this.synced = vm.vcpus.map(() => ({ scale: SAME_RATE, khz, offset: 0n, generation: 0 }));
    if (spec === undefined) return;
    this.kvmclock = new Kvmclock(kvmHostOf(counterHz), this.now());
    // vCPUs that come with TSCs of their own, at boot or by a move, were given them by their offsets.
    vm.vcpus.forEach(({ offset }, at) => {
      const synced = this.synced[at];
      if (synced !== undefined) this.sync.writeOffset(synced, offset, this.instant());
    });
  }

  /** PVCLOCK_TSC_STABLE_BIT: the host's TSC can be trusted, and the guest's were all written together. */
  get isStable(): boolean {
    return this.spec?.stable === true && this.sync.matched + 1 === this.synced.length;
  }

  /** Now, on the host's clocks. */
  now(): HostInstant {
    const { world, host } = this.vm;
    return { hostTsc: this.vm.hostCounter, realtimeNs: world.realtime(host) };
  }

  generationOf(at: number): number {
    return this.synced[at]?.generation ?? 0;
  }

  /** KVM makes a vCPU and writes TSC 0 to it: the first one begins what the others join. */
  createVcpu(at: number): void {
    if (!this.hasCreated) this.sync = new TscSync();
    this.hasCreated = true;
    this.wrote(at, (synced) => this.sync.write(synced, 0n, this.instant(), false));
  }

  /** The VMM writes MSR TSC of a vCPU. */
  writeTsc(at: number, value: bigint): void {
    this.wrote(at, (synced) => this.sync.write(synced, u64(value), this.instant()));
  }

  /** The VMM writes KVM_VCPU_TSC_OFFSET. */
  writeOffset(at: number, offset: bigint): void {
    this.wrote(at, (synced) => this.sync.writeOffset(synced, offset, this.instant()));
  }

  /** KVM moves the offset of a vCPU itself: whoever was written with it is still said to be. */
  adjustOffset(at: number, cycles: bigint): void {
    const vcpu = this.vm.vcpus[at];
    const synced = this.synced[at];
    if (vcpu === undefined || synced === undefined) return;
    vcpu.offset += cycles;
    synced.offset = u64(vcpu.offset);
  }

  /** A new generation, or one that all have joined by now, makes KVM capture its pair anew. */
  private wrote(at: number, write: (synced: SyncedVcpu) => void): void {
    const vcpu = this.vm.vcpus[at];
    const synced = this.synced[at];
    if (vcpu === undefined || synced === undefined) return;
    const wasStable = this.isStable;
    const { generation } = this.sync;
    write(synced);
    vcpu.offset = s64(synced.offset);
    const isNew = wasStable && generation !== this.sync.generation;
    if (isNew || wasStable !== this.isStable) this.kvmclock?.updateMasterClock(this.now());
  }

  /** What the page of a vCPU says from now on. As kvm_guest_time_update(). */
  pageOf({ offset }: Vcpu): PvclockVcpuTimeInfo | undefined {
    if (this.isStable) return this.kvmclock?.page(SAME_RATE, offset);
    return this.kvmclock?.pageNow(SAME_RATE, offset, this.now());
  }

  private instant(): Instant {
    return { nowNs: this.vm.world.nowNs, hostTsc: this.vm.hostCounter };
  }
}

/** A host by what its kernel calibrated: whole kHz, and mult and shift of its own TSC clocksource. */
function kvmHostOf(counterHz: bigint): KvmHost {
  const tscKhz = counterHz / 1000n;
  const spec = { name: 'tsc', freq: tscKhz, scale: 1000n, widthBits: 64, nonstop: true };
  return { tscKhz, raw: nominalMultShift(spec) };
}
