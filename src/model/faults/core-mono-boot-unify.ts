import type { Fault } from './fault.js';

export const coreMonoBootUnify: Fault = {
  name: 'core-mono-boot-unify',
  statement: 'MONOTONIC counts the time of a suspend, as BOOTTIME does.',
  source: {
    title: 'Linux a3ed0e4393d6: revert of "Unify CLOCK_MONOTONIC and CLOCK_BOOTTIME"',
    url: 'https://git.kernel.org/linus/a3ed0e4393d6',
  },
  breaks: [
    'monotonic-skips-stopped-time',
    'boottime-counts-stopped-time',
    'rate-stays-within-adjtimex',
  ],
  minimum: 5,
  inject: (rules) => ({ ...rules, sleepCountedByMonotonic: (sleep) => sleep }),
};
