import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';
import type { Witness } from './life.js';

/** Acts that show REALTIME. */
export type RealtimeWitness = Witness | EventOf<'daemon-polled'>;

/** REALTIME as it was shown; undefined: it was another clock, or one that not every reader may trust. */
export function realtimeOf(witness: RealtimeWitness): Ns | undefined {
  if (witness.kind !== 'clock-read') return witness.realtimeNs;
  return witness.clock === 'CLOCK_REALTIME' && witness.via !== 'nmi' ? witness.ns : undefined;
}

/** The vCPU that it was shown on. */
export function vcpuOf(witness: RealtimeWitness): VcpuId {
  return witness.kind === 'daemon-polled' ? witness.on : witness.actor.vcpu;
}

/** A daemon reads the clock as every program does. */
export function asRead(witness: RealtimeWitness): Witness {
  if (witness.kind !== 'daemon-polled') return witness;
  const { actor, incarnation, earliestNs, latestNs } = witness;
  return {
    kind: 'clock-read',
    actor: { vm: actor.vm, vcpu: witness.on },
    incarnation,
    earliestNs,
    latestNs,
    clock: 'CLOCK_REALTIME',
    via: 'syscall',
    ns: witness.realtimeNs,
    counter: null,
  };
}
