import { PLAIN_SCENE, type Scene } from '../contract/catalogue.js';
import type { Machine } from '../contract/machine.js';
import { NSEC_PER_SEC } from '../contract/units.js';
import { type DesignPremises, redeclare } from './machine.js';

/** The fixed conditions of a design's row, what it says of them itself over what all have. */
export function sceneOf(design: DesignPremises): Scene {
  return { ...PLAIN_SCENE, ...design.scene };
}

function isOnOneHost({ stop }: Scene): boolean {
  return stop === 'pause' || stop === 'host-suspend';
}

/** The machine on which the matrix plays a design. */
export function sceneMachine(design: DesignPremises): Machine {
  const scene = sceneOf(design);
  const { clocksource, kvmclock, leapSecond, hosts, declared } = scene;
  const maxErrorNs = hosts.reduce((most, { realtimeErrorNs = 0n }) => {
    const errorNs = realtimeErrorNs < 0n ? -realtimeErrorNs : realtimeErrorNs;
    return errorNs > most ? errorNs : most;
  }, 0n);
  return redeclare({
    kernel: '6.12.117',
    kvm: '6.12',
    hz: 250,
    nohz: 'off',
    tick: 'command',
    epochSec: scene.epochSec,
    ...(leapSecond === null ? undefined : { leapSecond }),
    hosts: isOnOneHost(scene) ? hosts.slice(0, 1) : hosts,
    vms: [
      {
        host: 0,
        vcpus: scene.vcpuSkewCycles.map((skewCycles) => ({ skewCycles })),
        clocksource,
        persistentClock: scene.persistentClock,
        design: design.name,
        ...(kvmclock === null ? undefined : { kvmclock }),
        daemon: scene.daemon,
        application: scene.application,
      },
    ],
    declared: {
      skewNs: 0n,
      counterPpb: 0n,
      stopErrorNs: design.stopErrorNs,
      rtcResolutionNs: 1n,
      publicationNs: null,
      ratePpb: null,
      settleWithinNs: NSEC_PER_SEC,
      realtimeNs: maxErrorNs,
      gapNs: scene.mostGapNs,
      ...declared,
    },
  });
}
