import type { Fault } from './fault.js';

export const ntpNohzOvercorrect: Fault = {
  name: 'ntp-nohz-overcorrect',
  statement:
    'mult works an error off within one tick, and is kept for however long the next one takes.',
  source: {
    title: 'Linux dc491596f639: timekeeping: Rework frequency adjustments to work better w/ nohz',
    url: 'https://git.kernel.org/linus/dc491596f639',
  },
  breaks: [
    'monotonic-tracks-ntp',
    'rate-stays-within-adjtimex',
    'raw-to-mono-error-is-bounded',
    'cross-timestamp-is-one-instant',
    'monotonic-skips-stopped-time',
    'monotonic-keeps-moving',
    'timer-fires-within-slack',
    'raw-timer-drifts-only-in-idle',
  ],
  minimum: 4,
  inject: (rules) => ({ ...rules, errMult: (ntpError, tick) => ntpError / tick + 1n }),
};
