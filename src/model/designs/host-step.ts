import type { HostId, VcpuId } from '../../contract/machine.js';
import type { SnapshotId } from '../../contract/schedule.js';
import type { Ns } from '../../contract/units.js';

/**
 * What a VMM, or KVM at its wish, does: one step at a time.
 *
 * Between two steps every vCPU that runs may step, and time may pass.
 */
export type HostStep = RunStep | ClockStep | PageStep | GuestStep;

/** Stops, starts, saves and moves. */
export type RunStep =
  /** `counters: 'stop'`: every counter of the VM stands still from the same instant. */
  | { readonly kind: 'pause-vcpu'; readonly vcpu: VcpuId; readonly counters: 'run' | 'stop' }
  /** `counters: 'start'`: the stopped counters go on from where they stood, on whatever host this is. */
  | { readonly kind: 'run-vcpu'; readonly vcpu: VcpuId; readonly counters: 'run' | 'start' }
  /** The VMM makes a vCPU anew: KVM writes TSC 0 to it. */
  | { readonly kind: 'create-vcpu'; readonly vcpu: VcpuId }
  | { readonly kind: 'save-memory'; readonly snapshot: SnapshotId }
  | { readonly kind: 'load-memory'; readonly snapshot: SnapshotId }
  /** The VM is on another host from here on. */
  | { readonly kind: 'move'; readonly to: HostId };

/** What moves kvmclock and the counters. */
export type ClockStep =
  /** KVM_GET_CLOCK: the VMM keeps what kvmclock shows, and the host's REALTIME. */
  | { readonly kind: 'get-clock' }
  /**
   * KVM_SET_CLOCK: kvmclock goes on from what was kept; with `realtime` forward by what REALTIME went
   * since, with `capNs` by no more than that.
   */
  | { readonly kind: 'set-clock'; readonly realtime: boolean; readonly capNs?: Ns }
  /** KVM captures its pair of raw clock and TSC anew: a vCPU came, a generation began, a clocksource changed. */
  | { readonly kind: 'update-master-clock' }
  /** KVM_KVMCLOCK_CTRL: PVCLOCK_GUEST_STOPPED reaches the pages at the next entry. */
  | { readonly kind: 'kvmclock-ctrl' }
  /** The VMM keeps what the TSC of a vCPU shows. */
  | { readonly kind: 'get-tsc'; readonly vcpu: VcpuId }
  /** MSR TSC of a vCPU goes on from what was kept, if KVM does not take it for an attempt to synchronise. */
  | { readonly kind: 'set-tsc'; readonly vcpu: VcpuId }
  /**
   * KVM_VCPU_TSC_OFFSET: the same by its offset, from one sample of the host's TSC for all vCPUs. With
   * `forward` the guest's TSC moves on by what kvmclock was set forward, as the documented migration does.
   */
  | { readonly kind: 'set-tsc-offset'; readonly vcpu: VcpuId; readonly forward?: boolean }
  /** MSR TSC_DEADLINE of a vCPU is written again as it was kept. */
  | { readonly kind: 'set-deadline'; readonly vcpu: VcpuId }
  /** The virtual counter of an arm64 VM is kept, with the host's REALTIME; or goes on from there. */
  | { readonly kind: 'get-cntvct' }
  | { readonly kind: 'set-cntvct'; readonly realtime: boolean; readonly aheadCycles?: bigint };

/** What is written where the guest reads it. */
export type PageStep =
  | { readonly kind: 'write-page' }
  | { readonly kind: 'bump-marker' }
  | { readonly kind: 'bump-generation' };

/** What the guest is made to do. */
export type GuestStep =
  /** An interrupt of the design, or an NMI, waits at the vCPU; the guest's handler is the design's. */
  | { readonly kind: 'raise-irq'; readonly vcpu: VcpuId }
  | { readonly kind: 'raise-nmi'; readonly vcpu: VcpuId }
  /** Tells the guest that it is about to be stopped, or that it may go on, and by how much time moved. */
  | { readonly kind: 'notify-guest'; readonly of: 'freeze' | 'thaw' | 'abort' }
  /** Goes no further unless the guest's handler has acknowledged; with `orElse` it goes on all the same. */
  | { readonly kind: 'await-ack'; readonly orElse?: 'go-on' | 'go-on-and-say-so' }
  /** KVM takes the stop out of the clocks of a vCPU before its entry: suspend time injection. */
  | {
      readonly kind: 'subtract-stop';
      readonly vcpu: VcpuId;
      readonly by: 'cycles' | 'whole-ms' | 'since-creation';
      /** With `since-creation`: the host slept for so long before the guest asked for the feature, ns. */
      readonly sleptBeforeNs?: Ns;
    }
  /** An agent in the guest sets REALTIME to the host's. */
  | { readonly kind: 'step-realtime' };

/** A step by its public name, as events and `tickproof order` spell it. */
export function nameOf(step: HostStep): string {
  switch (step.kind) {
    case 'pause-vcpu':
      return step.counters === 'stop'
        ? `pause-vcpu ${step.vcpu}+counters`
        : `pause-vcpu ${step.vcpu}`;
    case 'run-vcpu':
      return step.counters === 'start' ? `run-vcpu ${step.vcpu}+counters` : `run-vcpu ${step.vcpu}`;
    case 'save-memory':
    case 'load-memory':
      return `${step.kind} ${step.snapshot}`;
    case 'move':
      return `move to host ${step.to}`;
    case 'notify-guest':
      return `notify-guest ${step.of}`;
    case 'set-clock':
      return step.realtime ? 'set-clock+realtime' : 'set-clock';
    case 'set-cntvct':
      return step.realtime ? 'set-cntvct+realtime' : 'set-cntvct';
    case 'get-clock':
    case 'update-master-clock':
    case 'kvmclock-ctrl':
    case 'get-cntvct':
    case 'write-page':
    case 'bump-marker':
    case 'bump-generation':
    case 'await-ack':
    case 'step-realtime':
      return step.kind;
    default:
      return `${step.kind} ${step.vcpu}`;
  }
}
