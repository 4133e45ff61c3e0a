import type { Fault } from './fault.js';

export const timerLeapEdgeEarly: Fault = {
  name: 'timer-leap-edge-early',
  statement:
    'Timers on REALTIME do not know of an inserted second until a tick has carried it out.',
  source: {
    title: 'Linux 833f32d76302: time: Prevent early expiry of hrtimers[CLOCK_REALTIME] at the leap',
    url: 'https://git.kernel.org/linus/833f32d763028c1bb371c64f457788b933773b3e',
  },
  breaks: ['leap-edge-timer-waits', 'timer-never-fires-early'],
  minimum: 3,
  inject: (rules) => ({ ...rules, timersForeseeLeap: false }),
};
