import type { VcpuId } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';
import type { Witness } from './life.js';

/** REALTIME as it was shown; undefined: it was another clock, or one that not every reader may trust. */
export function realtimeOf(witness: Witness): Ns | undefined {
  if (witness.kind !== 'clock-read') return witness.realtimeNs;
  return witness.clock === 'CLOCK_REALTIME' && witness.via !== 'nmi' ? witness.ns : undefined;
}

/** The vCPU that it was shown on. */
export function vcpuOf(witness: Witness): VcpuId {
  return witness.actor.vcpu;
}
