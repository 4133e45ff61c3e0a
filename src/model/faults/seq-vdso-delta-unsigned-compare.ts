import type { Fault } from './fault.js';

export const seqVdsoDeltaUnsignedCompare: Fault = {
  name: 'seq-vdso-delta-unsigned-compare',
  statement: 'The vDSO takes a counter behind cycle_last for one that is far ahead.',
  source: {
    title: 'Linux 77750f78b0b3: x86/vdso: Fix gettimeofday masking',
    url: 'https://git.kernel.org/linus/77750f78b0b3',
  },
  breaks: [
    'vdso-agrees-with-syscall',
    'monotonic-never-decreases',
    'monotonic-keeps-moving',
    'monotonic-skips-stopped-time',
    'boottime-counts-stopped-time',
    'raw-ignores-adjtimex',
    'coarse-lags-fine',
    'tai-ignores-leap-seconds',
    'realtime-is-one-clock-everywhere',
    'namespace-adds-a-constant',
    'no-stale-read-after-resume',
    'realtime-is-right-at-first-read',
    'realtime-is-right-after-stop',
  ],
  minimum: 2,
  inject: (rules) => ({ ...rules, vdsoIsBehind: () => false }),
};
