import { u64 } from '../../math/u64.js';
import type { Fault } from './fault.js';

export const coreIdleMultOverflow: Fault = {
  name: 'core-idle-mult-overflow',
  statement: 'After a long gap without a tick, delta * mult no longer fits 64 bits and wraps.',
  source: {
    title: 'Linux fcf190c36914: cycles-to-ns overflow after a stalled guest',
    url: 'https://git.kernel.org/linus/fcf190c36914',
  },
  breaks: [
    'monotonic-keeps-moving',
    'monotonic-never-decreases',
    'monotonic-skips-stopped-time',
    'boottime-counts-stopped-time',
    'raw-ignores-adjtimex',
    'raw-to-mono-error-is-bounded',
    'rate-stays-within-adjtimex',
    'vdso-agrees-with-syscall',
    'cross-timestamp-is-one-instant',
    'realtime-steps-only-when-told',
    'tai-ignores-leap-seconds',
    'realtime-is-one-clock-everywhere',
    'realtime-is-right-at-first-read',
    'realtime-is-right-after-stop',
    'namespace-adds-a-constant',
    'timer-fires-within-slack',
    'raw-timer-drifts-only-in-idle',
    'timer-is-never-lost',
  ],
  minimum: 3,
  inject: (rules) => ({
    ...rules,
    scaleDelta: (delta, { mult, shift, xtimeNsec }) => u64(delta * mult + xtimeNsec) >> shift,
  }),
};
