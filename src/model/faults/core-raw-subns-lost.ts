import type { Fault } from './fault.js';

export const coreRawSubnsLost: Fault = {
  name: 'core-raw-subns-lost',
  statement: 'Each tick drops what MONOTONIC_RAW has accumulated below one nanosecond.',
  source: {
    title: 'Linux 3d88d56c5873: sub-nanosecond error of MONOTONIC_RAW at each accumulation',
    url: 'https://git.kernel.org/linus/3d88d56c5873',
  },
  breaks: [
    'monotonic-keeps-moving',
    'monotonic-never-decreases',
    'boottime-counts-stopped-time',
    'raw-ignores-adjtimex',
    'raw-to-mono-error-is-bounded',
    'rate-stays-within-adjtimex',
    'vdso-agrees-with-syscall',
    'cross-timestamp-is-one-instant',
  ],
  minimum: 3,
  inject: (rules) => ({
    ...rules,
    accumulateRaw: (xtimeNsec, interval, shift) => ((xtimeNsec + interval) >> shift) << shift,
  }),
};
