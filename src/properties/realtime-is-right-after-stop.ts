import type { Property } from '../contract/property.js';
import type { Circumstances } from './circumstances.js';
import { RealtimeErrorOfLife, RealtimeErrors } from './realtime-error.js';

/** Weak form: reads after the stop has settled. A stop that does not settle in time breaks the law as well. */
export const realtimeIsRightAfterStop: Property = {
  name: 'realtime-is-right-after-stop',
  statement: 'Once a stop has settled, REALTIME is as near UTC as the hosts are.',
  source: {
    title: 'Thomas Gleixner, 2021: CLOCK_REALTIME is off, or a proper mechanism tells of the pause',
    url: 'https://lore.kernel.org/kvm/?q=%22Report+host+tsc+and+realtime+values+in+KVM_GET_CLOCK%22',
  },
  monitor: (premises) => new SettledErrors(premises, SettledErrorOfLife),
};

class SettledErrors extends RealtimeErrors<SettledErrorOfLife> {}

class SettledErrorOfLife extends RealtimeErrorOfLife<SettledErrorOfLife> {
  protected readonly judgesUnsettled = false;

  protected born(circumstances: Circumstances): SettledErrorOfLife {
    return new SettledErrorOfLife(circumstances);
  }
}
