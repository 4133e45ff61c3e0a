import { u32 } from '../../math/u64.js';
import type { Fault } from './fault.js';

export const timerOverrunWrap: Fault = {
  name: 'timer-overrun-wrap',
  statement: 'The periods that a timer missed are counted in 32 bits.',
  source: {
    title: 'Linux 78c9c4dfbf8c: posix-timers: Sanitize overrun handling',
    url: 'https://git.kernel.org/linus/78c9c4dfbf8c',
  },
  breaks: ['timer-fires-once', 'timer-is-never-lost'],
  minimum: 3,
  inject: (rules) => ({ ...rules, periodsReported: (passed) => u32(passed) }),
};
