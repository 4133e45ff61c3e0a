import type { CounterSeen } from '../contract/event-stop.js';
import type { KvmclockSpec } from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import { sayCounter } from './counter-seen.js';
import { HostClock } from './host-clock.js';
import { GuestKvmclock } from './hypervisor/guest-kvmclock.js';
import { PVCLOCK_TSC_STABLE } from './hypervisor/pvclock.js';
import { VmKvm } from './hypervisor/vm-kvm.js';
import { REFERENCE_CLOCKSOURCE, ReferenceClock } from './reference-clock.js';
import type { Vcpu } from './vcpu.js';
import { type DeviceInstant, VirtioPvclock } from './virtio-pvclock.js';
import type { Vm } from './vm.js';

/** Counters that a hypervisor offsets, for each vCPU or, on Arm, for the VM. */
const OFFSET_COUNTERS: ReadonlySet<string> = new Set(['tsc', 'arch_sys_counter']);

/** The counters and kvmclock of one VM: what KVM, its VMM and its guest's memory have of them. */
export class VmClocks {
  kvm: VmKvm;
  /** What the VMM keeps between two steps, and saves with the VM. */
  hostClock = new HostClock();
  /** The pages in the guest's memory; undefined: it has registered none. */
  private pages: GuestKvmclock | undefined;
  /** The page of crosvm's device; undefined: there is none. */
  private pvclock: VirtioPvclock | undefined;
  /** Hyper-V's page; undefined: the guest's clocks do not read it. */
  private reference: ReferenceClock | undefined;
  /** Whether the guest's clocks read a page: kvm-clock with pages, the device's, or Hyper-V's. */
  readonly isRead: boolean;
  /** PVCLOCK_GUEST_STOPPED in the page of each vCPU. */
  private guestStopped: boolean[];
  /** KVM_KVMCLOCK_CTRL was asked for: it reaches the page as the vCPU enters. */
  private readonly stoppedRequests: boolean[];
  /** The page is written as the vCPU enters. Undefined: it is as it should be. */
  private readonly dueWrites: ('set' | 'update' | undefined)[];
  /** Whether anybody can tell the counters apart from what the clocks read. */
  private readonly saysCounters: boolean;

  constructor(
    private readonly vm: Vm,
    private readonly spec: KvmclockSpec | undefined,
  ) {
    this.kvm = new VmKvm(vm, spec);
    this.pages = spec === undefined ? undefined : new GuestKvmclock();
    const isDevices = vm.design.guest?.page?.of === 'virtio-pvclock';
    this.pvclock = isDevices ? new VirtioPvclock() : undefined;
    const isReference = vm.clocksource === REFERENCE_CLOCKSOURCE;
    const policy = vm.design.guest?.referencePage ?? 'invalidate';
    this.reference = isReference ? new ReferenceClock(vm, policy) : undefined;
    const isPvclock = this.pages !== undefined && vm.clocksource === 'kvm-clock';
    this.isRead = isDevices || isReference || isPvclock;
    this.saysCounters = spec !== undefined || OFFSET_COUNTERS.has(vm.clocksource);
    this.guestStopped = vm.vcpus.map(() => false);
    this.stoppedRequests = vm.vcpus.map(() => false);
    this.dueWrites = vm.vcpus.map(() => undefined);
    for (const vcpu of vm.vcpus) {
      this.writePage(vcpu);
      // Nobody hears of it before the VM has booted.
      if (this.pages !== undefined) this.dueWrites[vcpu.actor.vcpu] = 'set';
    }
  }

  get hasKvmclock(): boolean {
    return this.pages !== undefined;
  }

  /** What the clocks of the guest read on that vCPU, where that is a page. */
  readPage(vcpu: Vcpu): bigint {
    return this.reference?.read(vcpu) ?? this.kvmclock(vcpu);
  }

  /** The guest acknowledges that its host is another. */
  acknowledged(): void {
    this.reference?.acknowledged();
  }

  /** kvmclock, or the device's clock, as that vCPU reads it, ns; 0 without pages. */
  kvmclock(vcpu: Vcpu): bigint {
    if (this.pvclock !== undefined) {
      const { world, host } = this.vm;
      return this.pvclock.read(this.vm.wideCounter(vcpu), world.hostOf(host).counterHz);
    }
    return this.pages?.read(vcpu.actor.vcpu, this.vm.wideCounter(vcpu), vcpu.running) ?? 0n;
  }

  /** What the scheduler of the guest goes by, ns: kvmclock, else the counter at its nominal rate. */
  schedulerClock(vcpu: Vcpu): Ns {
    if (this.pages !== undefined || this.pvclock !== undefined) return this.kvmclock(vcpu);
    return (this.vm.wideCounter(vcpu) * NSEC_PER_SEC) / this.vm.nominalHz;
  }

  /**
   * The guest looks at PVCLOCK_GUEST_STOPPED in the page of a vCPU, and clears it.
   *
   * @returns whether it was set
   */
  takeGuestStopped({ actor }: Vcpu): boolean {
    const found = this.guestStopped[actor.vcpu] === true;
    this.guestStopped[actor.vcpu] = false;
    return found;
  }

  /** KVM_KVMCLOCK_CTRL on all vCPUs. On one that runs the call waits until it leaves, and it enters at once. */
  requestGuestStopped(): void {
    if (this.pages === undefined) return;
    for (const { actor, running } of this.vm.vcpus) {
      if (running) this.guestStopped[actor.vcpu] = true;
      else this.stoppedRequests[actor.vcpu] = true;
    }
  }

  /** crosvm suspends its device. */
  suspendPvclock(): void {
    this.pvclock?.suspend(this.deviceInstant());
  }

  /** And resumes it: the page says PVCLOCK_GUEST_STOPPED. @returns by how much its total grows, ns. */
  resumePvclock(): Ns {
    const grownNs = this.pvclock?.resume(this.deviceInstant());
    if (grownNs !== undefined) this.guestStopped.fill(true);
    return grownNs ?? 0n;
  }

  private deviceInstant(): DeviceInstant {
    return { tsc: this.vm.hostCounter, ns: this.vm.world.nowNs };
  }

  /** A vCPU is about to enter the guest: what it was asked for is done before its first instruction. */
  entering(vcpu: Vcpu): void {
    const at = vcpu.actor.vcpu;
    if (this.stoppedRequests[at] === true) {
      this.stoppedRequests[at] = false;
      this.guestStopped[at] = true;
    }
    const due = this.dueWrites[at];
    if (due !== undefined) this.writeAndSay(vcpu, due === 'set');
    this.reference?.entering(vcpu);
  }

  /**
   * KVM's pair, its offset or a TSC changed, and the pages follow. With the master clock the pages of all
   * vCPUs are taken to follow at once: each is in fact written before its own vCPU enters, and only the
   * vDSO, which reads vCPU 0's, could see one late.
   */
  refreshPages(isSet: boolean): void {
    if (this.pages === undefined) return;
    for (const vcpu of this.vm.vcpus) {
      if (vcpu.running || this.kvm.isStable) this.writeAndSay(vcpu, isSet);
      else if (isSet) this.dueWrites[vcpu.actor.vcpu] = 'set';
      else this.dueWrites[vcpu.actor.vcpu] ??= 'update';
    }
    this.reference?.changed();
  }

  /**
   * KVM takes `ns` out of kvmclock as that vCPU enters, if any is to be, and its TSC may have been put back:
   * each vCPU's page follows as it enters, and says the same line of the old TSC until then.
   */
  takeOut(vcpu: Vcpu, ns: Ns): void {
    const { kvmclock } = this.kvm;
    if (kvmclock === undefined) return;
    this.dueWrites[vcpu.actor.vcpu] = 'set';
    if (ns === 0n) return;
    kvmclock.offset -= ns;
    kvmclock.updateMasterClock(this.kvm.now());
    this.dueWrites.fill('set');
  }

  /** The VM is on another host, or begins there anew from a snapshot: KVM knows nothing of it but its pages. */
  renew(): void {
    if (this.spec === undefined) return;
    this.kvm = new VmKvm(this.vm, this.spec);
    this.stoppedRequests.fill(false);
    this.refreshPages(true);
  }

  save(): SavedClocks {
    return {
      hostClock: this.hostClock.clone(),
      pages: this.pages?.clone(),
      pvclock: this.pvclock?.clone(),
      reference: this.reference?.copyFor(this.vm),
      guestStopped: [...this.guestStopped],
    };
  }

  load({ hostClock, pages, pvclock, reference, guestStopped }: SavedClocks): void {
    this.hostClock = hostClock.clone();
    if (pages !== undefined && this.pages !== undefined) this.pages = pages.clone();
    this.pvclock = pvclock?.clone();
    this.reference = reference?.copyFor(this.vm);
    this.guestStopped = [...guestStopped];
  }

  private writePage(vcpu: Vcpu): void {
    const page = this.kvm.pageOf(vcpu);
    if (page !== undefined) this.pages?.write(vcpu.actor.vcpu, page);
  }

  private writeAndSay(vcpu: Vcpu, isSet: boolean): void {
    const at = vcpu.actor.vcpu;
    this.dueWrites[at] = undefined;
    this.writePage(vcpu);
    const page = this.pages?.pageAt(at);
    if (page === undefined) return;
    const { world, emit, incarnation } = this.vm;
    emit({
      kind: 'pvclock-written',
      actor: vcpu.actor,
      incarnation,
      earliestNs: world.nowNs,
      latestNs: world.nowNs,
      tscTimestamp: page.tscTimestamp,
      systemTime: page.systemTime,
      tscToSystemMul: page.tscToSystemMul,
      tscShift: page.tscShift,
      stable: (page.flags & PVCLOCK_TSC_STABLE) !== 0,
      tsc: u64(this.vm.wideCounter(vcpu)),
      isSet,
    });
  }

  /** Tells what a vCPU's counter shows, where it is one that a hypervisor offsets. */
  sayCounter(vcpu: Vcpu, because: CounterSeen['because']): void {
    if (!this.saysCounters) return;
    sayCounter(this.vm, vcpu, this.kvm.generationOf(vcpu.actor.vcpu), because);
  }
}

/** What of it is in a snapshot. */
export interface SavedClocks {
  readonly hostClock: HostClock;
  readonly pages: GuestKvmclock | undefined;
  readonly pvclock: VirtioPvclock | undefined;
  readonly reference: ReferenceClock | undefined;
  readonly guestStopped: readonly boolean[];
}
