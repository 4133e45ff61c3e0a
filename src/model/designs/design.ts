import type { DesignEntry } from '../../contract/catalogue.js';
import type { HostId, VcpuId } from '../../contract/machine.js';
import type { Ns } from '../../contract/units.js';

/**
 * What a VMM does, by the public names that `tickproof order` takes.
 *
 * Between two steps every vCPU that runs may step, and time may pass.
 */
export type HostStep =
  | { readonly kind: 'pause-vcpu' | 'run-vcpu'; readonly vcpu: VcpuId }
  /** Remembers the counter of a vCPU as its guest would read it; part of the saved state. */
  | { readonly kind: 'get-tsc'; readonly vcpu: VcpuId }
  /** Makes that counter go on from the remembered value. */
  | { readonly kind: 'set-tsc'; readonly vcpu: VcpuId }
  | { readonly kind: 'save-memory' | 'load-memory' }
  /** Tells the guest that it is about to be stopped, or that it may go on. */
  | { readonly kind: 'notify-guest'; readonly of: 'freeze' | 'thaw' }
  /** Waits until the guest's handler has acknowledged. */
  | { readonly kind: 'await-ack' };

/** What a design may look at when it lists its steps. */
export interface VmView {
  readonly vcpus: readonly VcpuId[];
}

/** What a host does around a stop: lists of steps, so that they print, shrink and can be interleaved. */
export interface Design extends DesignEntry {
  /** What its mechanism cannot represent, per stop. */
  readonly stopErrorNs: { readonly monotonic: Ns; readonly boottime: Ns };
  pause(vm: VmView): readonly HostStep[];
  resume(vm: VmView): readonly HostStep[];
  /** Ends with `save-memory` done and the vCPUs as they were before. */
  save(vm: VmView): readonly HostStep[];
  restore(vm: VmView): readonly HostStep[];
  /** The source's list; the destination's is `restore`. */
  migrate(vm: VmView, to: HostId): readonly HostStep[];
}
