import type { Property } from '../contract/property.js';
import type { Circumstances } from './circumstances.js';
import { RealtimeErrorOfLife, RealtimeErrors } from './realtime-error.js';

/** Strong form: every permitted read from the first instruction after the stop on. */
export const realtimeIsRightAtFirstRead: Property = {
  name: 'realtime-is-right-at-first-read',
  statement:
    'From the first instruction after a stop on, REALTIME is as near UTC as the hosts are.',
  source: {
    title: 'Thomas Gleixner, 2021: CLOCK_REALTIME is off, or a proper mechanism tells of the pause',
    url: 'https://lore.kernel.org/kvm/?q=%22Report+host+tsc+and+realtime+values+in+KVM_GET_CLOCK%22',
  },
  monitor: (premises) => new FirstErrors(premises, FirstErrorOfLife),
};

class FirstErrors extends RealtimeErrors<FirstErrorOfLife> {}

class FirstErrorOfLife extends RealtimeErrorOfLife<FirstErrorOfLife> {
  protected readonly judgesUnsettled = true;

  protected born(circumstances: Circumstances): FirstErrorOfLife {
    return new FirstErrorOfLife(circumstances);
  }
}
