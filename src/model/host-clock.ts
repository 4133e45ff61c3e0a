import type { VcpuId } from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { s64, u64 } from '../math/u64.js';
import { VMX_FRACTION } from './hypervisor/guest-tsc.js';
import { type Instant, type SyncedVcpu, TscSync } from './hypervisor/tsc-sync.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** What a VMM keeps of a VM's clocks between two of its steps. */
export class HostClock {
  /** What kvmclock showed on vCPU 0, in its counts, and when. */
  private clock: { readonly counter: bigint; readonly atNs: Ns } | undefined;
  private readonly tsc = new Map<VcpuId, bigint>();
  private readonly offsets = new Map<VcpuId, bigint>();
  /** The host's TSC when the first vCPU was read, and when the first offset was written. */
  private readAt: bigint | undefined;
  private writtenAt: bigint | undefined;
  private readonly sync = new TscSync();
  private readonly synced = new Map<VcpuId, SyncedVcpu>();

  /** As KVM_GET_CLOCK. */
  getClock(vm: Vm): void {
    const [first] = vm.vcpus;
    if (first === undefined) return;
    this.clock = { counter: vm.wideCounter(first), atNs: vm.world.nowNs };
  }

  /**
   * As KVM_SET_CLOCK: moves kvmclock and with it a guest that reads it. One that reads the TSC does not
   * notice. The deadline of a vCPU's timer is one of the TSC, which goes on.
   */
  setClock(vm: Vm, realtime: boolean): void {
    const [first] = vm.vcpus;
    if (this.clock === undefined || first === undefined || !readsKvmclock(vm)) return;
    const sinceNs = realtime ? vm.world.nowNs - this.clock.atNs : 0n;
    const forward = (sinceNs * vm.nominalHz) / NSEC_PER_SEC;
    const jump = this.clock.counter + forward - vm.wideCounter(first);
    for (const vcpu of vm.vcpus) {
      vcpu.offset += jump;
      if (vcpu.clockevent.deadline !== undefined) vcpu.clockevent.deadline += jump;
    }
    vm.findDue();
  }

  /** Reads MSR TSC of a vCPU. */
  getTsc(vm: Vm, at: VcpuId): void {
    const vcpu = tscOf(vm, at);
    if (vcpu === undefined) return;
    if (this.writtenAt !== undefined) this.readAt = undefined;
    this.readAt ??= vm.world.counter(vm.host);
    this.writtenAt = undefined;
    this.tsc.set(at, vm.wideCounter(vcpu));
    this.offsets.set(at, vcpu.offset);
  }

  /**
   * Writes it back, as KVM takes it: within a second of what another vCPU shows by then it becomes the same.
   * The deadline of a vCPU's timer is one of the same counter, and moves in true time.
   */
  setTsc(vm: Vm, at: VcpuId): void {
    const vcpu = tscOf(vm, at);
    const kept = this.tsc.get(at);
    if (vcpu === undefined || kept === undefined) return;
    this.sync.write(this.syncedOf(vm, at), u64(kept), instantOf(vm));
    this.moved(vm, vcpu, at);
  }

  /**
   * As {@link setTsc}, by the attribute KVM_VCPU_TSC_OFFSET: KVM keeps what is written. One sample of the
   * host's TSC on either side of the stop serves all vCPUs.
   */
  setTscOffset(vm: Vm, at: VcpuId): void {
    const vcpu = tscOf(vm, at);
    const offset = this.offsets.get(at);
    if (vcpu === undefined || offset === undefined || this.readAt === undefined) return;
    this.writtenAt ??= vm.world.counter(vm.host);
    const written = offset + this.readAt - this.writtenAt;
    this.sync.writeOffset(this.syncedOf(vm, at), written, instantOf(vm));
    this.moved(vm, vcpu, at);
  }

  private syncedOf(vm: Vm, at: VcpuId): SyncedVcpu {
    const khz = vm.nominalHz / 1000n;
    const known = this.synced.get(at) ?? { scale: SAME_RATE, khz, offset: 0n, generation: 0 };
    this.synced.set(at, known);
    return known;
  }

  private moved(vm: Vm, vcpu: Vcpu, at: VcpuId): void {
    vcpu.offset = s64(this.syncedOf(vm, at).offset);
    vm.findDue();
  }
}

function instantOf({ world, host }: Vm): Instant {
  return { nowNs: world.nowNs, hostTsc: world.counter(host) };
}

const SAME_RATE = { ratio: 1n << VMX_FRACTION, fraction: VMX_FRACTION };

function readsKvmclock({ clocksource }: Vm): boolean {
  return clocksource === 'kvm-clock';
}

/** The vCPU whose TSC is what the guest's clocks read; undefined: they read something else. */
function tscOf(vm: Vm, at: VcpuId): Vcpu | undefined {
  return vm.clocksource === 'tsc' ? vm.vcpus[at] : undefined;
}
