import type { Fault } from './fault.js';

export const seqCounterReadHoisted: Fault = {
  name: 'seq-counter-read-hoisted',
  statement: 'The counter is read before the sequence is: an old sample meets new words.',
  source: {
    title: 'Linux 75a19a0202db: arm64 counter read speculated above the vDSO sequence',
    url: 'https://git.kernel.org/linus/75a19a0202db',
  },
  breaks: [
    'reader-never-sees-torn-data',
    'monotonic-never-decreases',
    'monotonic-keeps-moving',
    'monotonic-skips-stopped-time',
    'boottime-counts-stopped-time',
    'raw-ignores-adjtimex',
  ],
  minimum: 2,
  inject: (rules) => ({ ...rules, readerSamplesCounterFirst: true }),
};
