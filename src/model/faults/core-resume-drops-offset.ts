import type { Fault } from './fault.js';

export const coreResumeDropsOffset: Fault = {
  name: 'core-resume-drops-offset',
  statement: 'Suspend forgets the time since the last tick, which readers have seen already.',
  source: {
    title: 'Linux 6a669ee8a790: MONOTONIC goes back over a short suspend',
    url: 'https://git.kernel.org/linus/6a669ee8a790',
  },
  breaks: [
    'monotonic-never-decreases',
    'monotonic-keeps-moving',
    'boottime-counts-stopped-time',
    'rate-stays-within-adjtimex',
    'vdso-agrees-with-syscall',
  ],
  minimum: 4,
  inject: (rules) => ({ ...rules, forwardBeforeSuspend: false }),
};
