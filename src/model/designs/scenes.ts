import { PLAIN_SCENE, type Scene } from '../../contract/catalogue.js';
import type { ClocksourceSpec, Host } from '../../contract/machine.js';

/** The TSC of the matrix: 2 GHz. */
export const TSC: ClocksourceSpec = {
  name: 'tsc',
  freq: 2_000_000n,
  scale: 1_000n,
  widthBits: 64,
  nonstop: false,
};

/** A guest whose clocks read the TSC; its scheduler goes by kvmclock all the same. */
export const ON_TSC: Partial<Scene> = { clocksource: TSC };

const [PLAIN_HOST] = PLAIN_SCENE.hosts as readonly [Host];

/** Moved to a host whose counter shows `aheadCycles` more, and that knows the time as well as the first. */
export function movedTo(aheadCycles: bigint): Partial<Scene> {
  const counterBoot = PLAIN_HOST.counterBoot + aheadCycles;
  return { stop: 'migrate', hosts: [PLAIN_HOST, { ...PLAIN_HOST, counterBoot }] };
}

/** Ten minutes of 2 GHz. */
export const AHEAD = 1_200_000_000_000n;
/** Moved to a host whose counter is ten minutes ahead: nothing that is left to it goes unseen. */
export const MOVED = movedTo(AHEAD);

/** Hosts of a frequency at which the raw clock and the pages of kvmclock drift apart. */
export function onHostsOf(counterHz: bigint): Partial<Scene> {
  return { hosts: PLAIN_SCENE.hosts.map((host) => ({ ...host, counterHz })) };
}
