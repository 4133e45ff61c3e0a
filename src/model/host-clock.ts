import type { VcpuId } from '../contract/machine.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import { type ClockPair, documentedTscOffset } from './hypervisor/kvmclock.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** What KVM_GET_CLOCK gave. */
interface KeptClock {
  /** kvmclock in ns, or what a guest without pages counts. */
  readonly clock: bigint;
  readonly hostTsc: Cycles;
  /** The host's REALTIME at that instant; undefined: it did not say. */
  readonly realtimeNs: Ns | undefined;
}

/** What a VMM keeps of a VM's clocks between two of its steps, and saves with the VM. */
export class HostClock {
  private clock: KeptClock | undefined;
  /** What KVM_SET_CLOCK went by last: the source's side of the documented migration. */
  private source: KeptClock | undefined;
  private tsc = new Map<VcpuId, bigint>();
  private offsets = new Map<VcpuId, bigint>();
  /** The host's TSC when the first vCPU was read, and when the first offset was written. */
  private readAt: bigint | undefined;
  private writtenAt: bigint | undefined;
  private cntvct: { readonly count: bigint; readonly realtimeNs: Ns } | undefined;
  /** vCPUs whose deadline was written again since their TSC was read: their timers count from then. */
  private armed = new Set<VcpuId>();

  clone(): HostClock {
    const copy = new HostClock();
    copy.clock = this.clock;
    copy.source = this.source;
    copy.tsc = new Map(this.tsc);
    copy.offsets = new Map(this.offsets);
    copy.readAt = this.readAt;
    copy.writtenAt = this.writtenAt;
    copy.cntvct = this.cntvct;
    copy.armed = new Set(this.armed);
    return copy;
  }

  /** As KVM_GET_CLOCK. */
  getClock(vm: Vm): void {
    const [first] = vm.vcpus;
    if (first === undefined) return;
    this.clock = readClock(vm, first);
    if (!vm.clocks.hasKvmclock) return;
    vm.emit({
      kind: 'kvmclock-got',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
      clockNs: this.clock.clock,
      tsc: u64(vm.wideCounter(first)),
      stable: vm.clocks.kvm.isStable,
    });
  }

  /**
   * As KVM_SET_CLOCK: moves kvmclock and with it a guest that reads it. One that reads the TSC does not
   * notice, and neither does the deadline of a vCPU's timer, which is one of the TSC. With `realtime` it
   * goes forward by what REALTIME of the hosts did, never back, and by no more than `capNs`.
   */
  setClock(vm: Vm, realtime: boolean, capNs?: Ns): void {
    const kept = this.clock;
    if (kept === undefined) return;
    this.source = kept;
    const now = vm.clocks.kvm.now();
    let forwardNs = 0n;
    if (realtime && kept.realtimeNs !== undefined && now.realtimeNs > kept.realtimeNs) {
      forwardNs = now.realtimeNs - kept.realtimeNs;
    }
    if (capNs !== undefined && forwardNs > capNs) forwardNs = capNs;
    const { kvmclock } = vm.clocks.kvm;
    if (kvmclock === undefined) {
      moveCounter(vm, kept.clock + (forwardNs * vm.nominalHz) / NSEC_PER_SEC);
      return;
    }
    kvmclock.setClock({ clock: kept.clock + forwardNs }, now);
    vm.clocks.refreshPages(true);
  }

  /** Reads MSR TSC of a vCPU. */
  getTsc(vm: Vm, at: VcpuId): void {
    const vcpu = tscOf(vm, at);
    if (vcpu === undefined) return;
    if (this.writtenAt !== undefined) this.readAt = undefined;
    this.readAt ??= vm.hostCounter;
    this.writtenAt = undefined;
    this.tsc.set(at, vm.wideCounter(vcpu));
    this.offsets.set(at, vcpu.offset);
    this.armed.delete(at);
  }

  /** KVM makes the vCPU anew, with TSC 0. */
  createVcpu(vm: Vm, at: VcpuId): void {
    const vcpu = tscOf(vm, at);
    if (vcpu === undefined) return;
    vm.clocks.kvm.createVcpu(at);
    this.moved(vm, vcpu);
  }

  /**
   * Writes it back, as KVM takes it: within a second of what another vCPU shows by then it becomes the same.
   * The deadline of a vCPU's timer is one of the same counter, and moves in true time.
   */
  setTsc(vm: Vm, at: VcpuId): void {
    const vcpu = tscOf(vm, at);
    const kept = this.tsc.get(at);
    if (vcpu === undefined || kept === undefined) return;
    vm.clocks.kvm.writeTsc(at, kept);
    this.moved(vm, vcpu);
  }

  /**
   * As {@link setTsc}, by the attribute KVM_VCPU_TSC_OFFSET: KVM keeps what is written. One sample of the
   * host's TSC on either side of the stop serves all vCPUs. With `forward` as the kernel documents it:
   * kvmclock and the TSC move on by the same.
   */
  setTscOffset(vm: Vm, at: VcpuId, forward: boolean): void {
    const vcpu = tscOf(vm, at);
    const offset = this.offsets.get(at);
    if (vcpu === undefined || offset === undefined) return;
    const written = forward ? this.forwarded(vm, offset) : this.continued(vm, offset);
    if (written === undefined) return;
    vm.clocks.kvm.writeOffset(at, written);
    this.moved(vm, vcpu);
  }

  /** The offset with which a TSC goes on from what it showed as the first vCPU was read. */
  private continued(vm: Vm, offset: bigint): bigint | undefined {
    if (this.readAt === undefined) return undefined;
    this.writtenAt ??= vm.hostCounter;
    return offset + this.readAt - this.writtenAt;
  }

  /** The offset with which a TSC keeps the value that it has where kvmclock is 0. */
  private forwarded(vm: Vm, offset: bigint): bigint | undefined {
    const [first] = vm.vcpus;
    if (this.source === undefined || first === undefined) return undefined;
    const got = this.clock === this.source ? readClock(vm, first) : this.clock;
    if (got === undefined) return undefined;
    const khz = vm.world.hostOf(vm.host).counterHz / 1000n;
    return documentedTscOffset(offset, pairOf(this.source), pairOf(got), khz);
  }

  /** MSR TSC_DEADLINE is written again: the timer counts from what the TSC shows now, whatever it is set to later. */
  setDeadline(vm: Vm, at: VcpuId): void {
    const vcpu = vm.vcpus[at];
    if (vcpu === undefined) return;
    vm.findDueOf(vcpu);
    this.armed.add(at);
  }

  /** Reads the virtual counter of the VM, and the host's REALTIME beside it. */
  getCntvct(vm: Vm): void {
    const [first] = vm.vcpus;
    if (first === undefined) return;
    const { realtimeNs } = vm.clocks.kvm.now();
    this.cntvct = { count: vm.wideCounter(first), realtimeNs };
  }

  /** Writes it back for all vCPUs; with `realtime` forward by what REALTIME of the hosts did, never back. */
  setCntvct(vm: Vm, realtime: boolean, aheadCycles: bigint): void {
    const [first] = vm.vcpus;
    const kept = this.cntvct;
    if (kept === undefined || first === undefined) return;
    const sinceNs = realtime ? vm.clocks.kvm.now().realtimeNs - kept.realtimeNs : 0n;
    const { counterHz } = vm.world.hostOf(vm.host);
    const forward = sinceNs > 0n ? (sinceNs * counterHz) / NSEC_PER_SEC : 0n;
    const jump = kept.count + forward + aheadCycles - vm.wideCounter(first);
    for (const vcpu of vm.vcpus) {
      vcpu.offset += jump;
      vm.clocks.sayCounter(vcpu, 'host-write');
    }
    vm.clocks.refreshPages(true);
    vm.findDue();
  }

  private moved(vm: Vm, vcpu: Vcpu): void {
    vm.clocks.sayCounter(vcpu, 'host-write');
    vm.clocks.refreshPages(true);
    if (!this.armed.has(vcpu.actor.vcpu)) vm.findDueOf(vcpu);
  }
}

/** What KVM_GET_CLOCK says now; of a guest without pages, what vCPU 0 counts. */
function readClock(vm: Vm, first: Vcpu): KeptClock {
  const { kvm } = vm.clocks;
  const now = kvm.now();
  if (kvm.kvmclock === undefined) return { ...now, clock: vm.wideCounter(first) };
  // Without the master clock KVM knows no one instant of both, and leaves REALTIME out.
  const got = kvm.isStable ? kvm.kvmclock.getClock(now) : kvm.kvmclock.getClockNow(now);
  return { clock: got.clock, hostTsc: now.hostTsc, realtimeNs: got.realtimeNs };
}

function pairOf({ clock, hostTsc }: KeptClock): ClockPair {
  return { guestNs: clock, hostTsc };
}

/** A guest on kvm-clock without pages reads the hosts' counter: its offset is what KVM_SET_CLOCK moves. */
function moveCounter(vm: Vm, target: bigint): void {
  const [first] = vm.vcpus;
  if (first === undefined || vm.clocksource !== 'kvm-clock') return;
  const jump = target - vm.wideCounter(first);
  for (const vcpu of vm.vcpus) {
    vcpu.offset += jump;
    if (vcpu.clockevent.deadline !== undefined) vcpu.clockevent.deadline += jump;
  }
  vm.findDue();
}

/** The vCPU whose TSC is one to be written; undefined: its clocks read something else. */
function tscOf(vm: Vm, at: VcpuId): Vcpu | undefined {
  return vm.clocksource === 'tsc' || vm.clocks.hasKvmclock ? vm.vcpus[at] : undefined;
}
