import type { Design } from './design.js';

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
  pause: (vcpus) => [
    { kind: 'notify-guest', of: 'freeze' },
    { kind: 'await-ack' },
    ...vcpus.map((vcpu) => ({ kind: 'pause-vcpu', vcpu, counters: 'run' }) as const),
  ],
  resume: (vcpus) => [
    ...vcpus.map((vcpu) => ({ kind: 'run-vcpu', vcpu, counters: 'run' }) as const),
    { kind: 'notify-guest', of: 'thaw' },
  ],
};
