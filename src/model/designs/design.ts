import type { DesignEntry } from '../../contract/catalogue.js';
import type { HostId, VcpuId } from '../../contract/machine.js';
import type { SnapshotId } from '../../contract/schedule.js';

/**
 * What a VMM does, one step at a time.
 *
 * Between two steps every vCPU that runs may step, and time may pass.
 */
export type HostStep =
  /** `counters: 'stop'`: every counter of the VM stands still from the same instant. */
  | { readonly kind: 'pause-vcpu'; readonly vcpu: VcpuId; readonly counters: 'run' | 'stop' }
  /** `counters: 'start'`: the stopped counters go on from where they stood, on whatever host this is. */
  | { readonly kind: 'run-vcpu'; readonly vcpu: VcpuId; readonly counters: 'run' | 'start' }
  | { readonly kind: 'save-memory'; readonly snapshot: SnapshotId }
  | { readonly kind: 'load-memory'; readonly snapshot: SnapshotId }
  /** The VM is on another host from here on. */
  | { readonly kind: 'move'; readonly to: HostId }
  /** Tells the guest that it is about to be stopped, or that it may go on, and by how much time moved. */
  | { readonly kind: 'notify-guest'; readonly of: 'freeze' | 'thaw' }
  /** Goes no further unless the guest's handler has acknowledged. */
  | { readonly kind: 'await-ack' }
  /** KVM_GET_CLOCK: the VMM keeps what kvmclock shows, and the host's REALTIME. */
  | { readonly kind: 'get-clock' }
  /** KVM_SET_CLOCK: kvmclock goes on from what was kept; with `realtime` forward by what REALTIME went since. */
  | { readonly kind: 'set-clock'; readonly realtime: boolean }
  /** The VMM keeps what the TSC of a vCPU shows. */
  | { readonly kind: 'get-tsc'; readonly vcpu: VcpuId }
  /** MSR TSC of a vCPU goes on from what was kept, if KVM does not take it for an attempt to synchronise. */
  | { readonly kind: 'set-tsc'; readonly vcpu: VcpuId }
  /** KVM_VCPU_TSC_OFFSET: the same by its offset, from one sample of the host's TSC for all vCPUs. */
  | { readonly kind: 'set-tsc-offset'; readonly vcpu: VcpuId };

/**
 * What a VMM does around a stop: lists of steps, so that they print, shrink and can be interleaved.
 * Saving is pausing, `save-memory` and resuming; migrating is pausing, `move` and restoring.
 */
export interface Design extends DesignEntry {
  pause(vcpus: readonly VcpuId[]): readonly HostStep[];
  resume(vcpus: readonly VcpuId[]): readonly HostStep[];
}

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
    case 'await-ack':
    case 'get-clock':
      return step.kind;
    case 'set-clock':
      return step.realtime ? 'set-clock+realtime' : 'set-clock';
    case 'get-tsc':
    case 'set-tsc':
    case 'set-tsc-offset':
      return `${step.kind} ${step.vcpu}`;
  }
}
