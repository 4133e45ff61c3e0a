import type { Fault } from './fault.js';

export const ntpAdjtimexWrongBaseMask: Fault = {
  name: 'ntp-adjtimex-wrong-base-mask',
  statement:
    'A step of REALTIME by adjtimex(2) tells no timer: each waits for the time that is past.',
  source: {
    title: 'Linux 5916be8a53de: timekeeping: Fix bogus clock_was_set() invocation in do_adjtimex()',
    url: 'https://git.kernel.org/linus/5916be8a53de',
  },
  breaks: ['timer-fires-within-slack', 'timer-is-never-lost'],
  minimum: 3,
  inject: (rules) => ({ ...rules, setoffsetTellsTimers: false }),
};
