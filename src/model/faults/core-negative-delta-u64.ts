import type { Fault } from './fault.js';

export const coreNegativeDeltaU64: Fault = {
  name: 'core-negative-delta-u64',
  statement: 'A counter a little behind cycle_last counts as almost 2^64 cycles ahead.',
  source: {
    title: 'Linux 09ec54429c6d: clocksource_delta() without a check for negative motion',
    url: 'https://git.kernel.org/linus/09ec54429c6d',
  },
  breaks: [
    'raw-to-mono-error-is-bounded',
    'raw-ignores-adjtimex',
    'monotonic-never-decreases',
    'monotonic-keeps-moving',
    'monotonic-skips-stopped-time',
    'boottime-counts-stopped-time',
    'rate-stays-within-adjtimex',
    'vdso-agrees-with-syscall',
    'cross-timestamp-is-one-instant',
    'realtime-steps-only-when-told',
    'tai-ignores-leap-seconds',
    'coarse-lags-fine',
    'realtime-is-one-clock-everywhere',
    'realtime-is-right-at-first-read',
    'realtime-is-right-after-stop',
    'no-stale-read-after-resume',
    'namespace-adds-a-constant',
    'timer-fires-within-slack',
    'timer-never-fires-early',
    'raw-timer-drifts-only-in-idle',
  ],
  minimum: 3,
  inject: (rules) => ({ ...rules, isBehind: () => false }),
};
