import type { Fault } from './fault.js';

export const ntpLeapHrtimerOffset: Fault = {
  name: 'ntp-leap-hrtimer-offset',
  statement:
    'A leap second moves REALTIME and does not count as setting it: timers keep the offset from before.',
  source: {
    title: 'Leap second of 30 June 2012: "Potential fix for leapsecond caused futex issue"',
    url: 'https://lkml.org/lkml/2012/7/1/203',
  },
  breaks: [
    'realtime-steps-only-when-told',
    'realtime-is-one-clock-everywhere',
    'clock-set-wakes-its-watchers',
  ],
  minimum: 2,
  inject: (rules) => ({ ...rules, leapSetsClock: false }),
};
