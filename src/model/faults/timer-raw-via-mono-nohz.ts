import type { Fault } from './fault.js';

export const timerRawViaMonoNohz: Fault = {
  name: 'timer-raw-via-mono-nohz',
  statement:
    'A RAW timer is converted to MONOTONIC as it is armed, and never compared with RAW again.',
  source: {
    title: 'T. Gleixner, 22 May 2024: RAW timers correlated to MONOTONIC, and what breaks them',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  breaks: ['timer-never-fires-early', 'raw-timer-drifts-only-in-idle', 'timer-fires-once'],
  minimum: 3,
  inject: (rules) => ({ ...rules, rawTimers: () => ({ mapped: 'once', compared: false }) }),
};
