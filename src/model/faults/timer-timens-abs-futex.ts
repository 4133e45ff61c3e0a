import type { Fault } from './fault.js';

export const timerTimensAbsFutex: Fault = {
  name: 'timer-timens-abs-futex',
  statement: 'An absolute expiry of a task in a time namespace is taken for one outside.',
  source: {
    title:
      'Linux c2f7d08cccf4: futex: Adjust absolute futex timeouts with per time namespace offset',
    url: 'https://git.kernel.org/linus/c2f7d08cccf4',
  },
  breaks: ['namespace-adds-a-constant'],
  minimum: 1,
  inject: (rules) => ({ ...rules, timensToHost: (_clock, expiresNs) => expiresNs }),
};
