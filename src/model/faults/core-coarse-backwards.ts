import type { Fault } from './fault.js';

export const coreCoarseBackwards: Fault = {
  name: 'core-coarse-backwards',
  statement: 'The coarse clocks show the base that a change of rate within a tick moves back.',
  source: {
    title: 'Linux b71f9804f66c: timekeeping: Prevent coarse clocks going backwards',
    url: 'https://git.kernel.org/linus/b71f9804f66c',
  },
  breaks: ['monotonic-never-decreases'],
  minimum: 3,
  inject: (rules) => ({ ...rules, coarseIsForwardOnly: false }),
};
