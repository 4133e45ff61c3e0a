import { NSEC_PER_SEC } from '../../contract/units.js';
import type { Fault } from './fault.js';

export const ntpTaiOffsetSign: Fault = {
  name: 'ntp-tai-offset-sign',
  statement: 'TAI is behind REALTIME by the offset that it should be ahead.',
  source: {
    title: 'Linux 04005f6011e3: timekeeping: Fix CLOCK_TAI timer/nanosleep delays',
    url: 'https://git.kernel.org/linus/04005f6011e3',
  },
  breaks: [
    'tai-ignores-leap-seconds',
    'vdso-agrees-with-syscall',
    'namespace-adds-a-constant',
    'leap-edge-timer-waits',
  ],
  minimum: 2,
  inject: (rules) => ({
    ...rules,
    offsTai: (offsReal, taiOffset) => offsReal - taiOffset * NSEC_PER_SEC,
  }),
};
