import type { Design } from './design.js';
import { MOVED } from './scenes.js';
import { pauseVcpus, runVcpus } from './steps.js';

/** The third option of the 2021 thread: the guest suspends its timekeeping before it is stopped. */
export const cooperativeFreeze: Design = {
  name: 'cooperative-freeze',
  statement:
    'The guest is told of the stop, freezes and acknowledges; on resume it is told for how long.',
  source: {
    title: 'T. Gleixner, 1 Oct 2021: "a lightweight freeze similar to S2IDLE"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  isOfAnyMachine: true,
  migrates: true,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [],
  scene: MOVED,
  pause: (vcpus) => [
    { kind: 'notify-guest', of: 'freeze' },
    { kind: 'await-ack' },
    ...pauseVcpus(vcpus),
  ],
  resume: (vcpus) => [...runVcpus(vcpus), { kind: 'notify-guest', of: 'thaw' }],
};
