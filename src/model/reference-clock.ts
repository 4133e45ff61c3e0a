import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import type { ReferencePagePolicy } from './designs/design.js';
import {
  type ReferenceTscPage,
  referencePageOf,
  referenceTime,
} from './hypervisor/reference-page.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** What the guest registers for Hyper-V's reference TSC page: units of 100 ns. */
export const REFERENCE_CLOCKSOURCE = 'hyperv_clocksource_tsc_page';
const NSEC_PER_UNIT = 100n;

/** The TSC as it is emulated at the rate of the old host, from where it stood when the VM stopped. */
interface Emulation {
  readonly tsc: bigint;
  readonly hz: bigint;
  /** True time of the first entry; undefined: nobody has entered yet. */
  readonly sinceNs: Ns | undefined;
}

/** Hyper-V's reference TSC page of one VM: KVM writes it as vCPU 0 enters, and all vCPUs read it. */
export class ReferenceClock {
  /** Undefined: its sequence is 0, and readers ask the MSR. */
  private page: ReferenceTscPage | undefined;
  private emulation: Emulation | undefined;

  constructor(
    private readonly vm: Vm,
    private readonly policy: ReferencePagePolicy,
  ) {}

  copyFor(vm: Vm): ReferenceClock {
    const copy = new ReferenceClock(vm, this.policy);
    copy.page = this.page;
    copy.emulation = this.emulation;
    return copy;
  }

  /** As a vCPU reads it, in units of 100 ns. */
  read(vcpu: Vcpu): bigint {
    return this.page === undefined ? this.msr() : referenceTime(this.page, u64(this.tsc(vcpu)));
  }

  /** HV_X64_MSR_TIME_REF_COUNT. */
  private msr(): bigint {
    const { kvm } = this.vm.clocks;
    const now = kvm.now();
    const got = kvm.isStable ? kvm.kvmclock?.getClock(now) : kvm.kvmclock?.getClockNow(now);
    return (got?.clock ?? 0n) / NSEC_PER_UNIT;
  }

  private tsc(vcpu: Vcpu): bigint {
    const { emulation, vm } = this;
    if (emulation === undefined) return vm.wideCounter(vcpu);
    const { tsc, hz, sinceNs = vm.world.nowNs } = emulation;
    return tsc + ((vm.world.nowNs - sinceNs) * hz) / NSEC_PER_SEC;
  }

  /** KVM's pair, its offset, or a TSC changed. */
  changed(): void {
    const [first] = this.vm.vcpus;
    if (this.emulation !== undefined || first === undefined) return;
    if (first.running) this.write();
    else if (this.policy === 'invalidate') this.page = undefined;
    else if (this.policy === 'emulate') this.emulate(first);
  }

  private emulate(first: Vcpu): void {
    const { stoppedCounter, stoppedHz } = this.vm.away;
    if (stoppedCounter === undefined || stoppedHz === undefined) return;
    this.emulation = { tsc: stoppedCounter + first.offset, hz: stoppedHz, sinceNs: undefined };
  }

  /** A vCPU is about to enter. */
  entering(vcpu: Vcpu): void {
    const { emulation } = this;
    if (emulation !== undefined) {
      this.emulation = { sinceNs: this.vm.world.nowNs, ...withoutUndefined(emulation) };
    } else if (vcpu.actor.vcpu === 0) this.write();
  }

  /** The guest has seen that its TSC is another one: it is not emulated any more. */
  acknowledged(): void {
    this.emulation = undefined;
    this.write();
  }

  write(): void {
    const [first] = this.vm.vcpus;
    const page = first === undefined ? undefined : this.vm.clocks.kvm.pageOf(first);
    const isGood = page !== undefined && this.vm.clocks.kvm.isStable;
    this.page = isGood ? referencePageOf(page) : undefined;
  }
}

function withoutUndefined({ tsc, hz, sinceNs }: Emulation) {
  return sinceNs === undefined ? { tsc, hz } : { tsc, hz, sinceNs };
}
