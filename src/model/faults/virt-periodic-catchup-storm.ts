import type { Fault } from './fault.js';

export const virtPeriodicCatchupStorm: Fault = {
  name: 'virt-periodic-catchup-storm',
  statement: 'A timer with a period makes up for each that it missed by a callback of its own.',
  source: {
    title: 'Linux 18ab3fc8e880: KVM: x86: Fix VM hard lockup after prolonged inactivity',
    url: 'https://git.kernel.org/linus/18ab3fc8e880',
  },
  breaks: ['timer-fires-once', 'stop-causes-no-timer-storm'],
  minimum: 2,
  inject: (rules) => ({ ...rules, periodsForwarded: () => 1n }),
};
