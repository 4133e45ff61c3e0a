import type { Fault } from './fault.js';

export const virtTscdeadlineNtpEarlyLost: Fault = {
  name: 'virt-tscdeadline-ntp-early-lost',
  statement:
    'A halted vCPU whose host timer came early goes back to sleep, and no timer waits for it any more.',
  source: {
    title:
      'M. Levitsky, 21 Dec 2023: NTP adjustments interfere with KVM emulation of TSC deadline timers',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  breaks: [
    'deadline-interrupt-is-never-lost',
    'timer-is-never-lost',
    'timer-fires-within-slack',
    'raw-timer-drifts-only-in-idle',
  ],
  minimum: 3,
  inject: (rules) => ({ ...rules, earlyDeadline: () => 'forget' }),
};
