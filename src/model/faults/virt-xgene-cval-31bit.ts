import type { Fault } from './fault.js';

export const virtXgeneCval31bit: Fault = {
  name: 'virt-xgene-cval-31bit',
  statement:
    'The comparator of the timer device has 31 bits: what is further is reached one round later.',
  source: {
    title:
      'Linux 012f18850452: clocksource/drivers/arm_arch_timer: Work around broken CVAL implementations',
    url: 'https://git.kernel.org/linus/012f18850452',
  },
  breaks: ['timer-fires-within-slack', 'timer-is-never-lost', 'raw-timer-drifts-only-in-idle'],
  minimum: 2,
  inject: (rules) => ({
    ...rules,
    deviceTicks: (ticks) => (ticks < 2n ** 31n ? ticks : ticks + 2n ** 32n),
  }),
};
