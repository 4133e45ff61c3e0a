import type { Design } from './design.js';

/** The naive stop: only the vCPUs stop. Every clock jumps by the stopped time, and nobody is told. */
export const countersRunOn: Design = {
  name: 'counters-run-on',
  statement: 'A stop holds the vCPUs only; their counters run on, and no clock is touched.',
  source: {
    title: 'T. Gleixner, 1 Oct 2021: "MONOTONIC jumps too far forward"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  isOfAnyMachine: true,
  migrates: false,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [
    {
      law: 'monotonic-skips-stopped-time',
      because: 'the counter behind MONOTONIC counts the stop, so MONOTONIC does',
    },
    {
      law: 'boottime-counts-stopped-time',
      because: 'BOOTTIME moves with MONOTONIC: their difference does not show the stop',
    },
  ],
  pause: (vcpus) => vcpus.map((vcpu) => ({ kind: 'pause-vcpu', vcpu, counters: 'run' })),
  resume: (vcpus) => vcpus.map((vcpu) => ({ kind: 'run-vcpu', vcpu, counters: 'run' })),
};
