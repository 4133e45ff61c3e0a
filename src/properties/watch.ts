import type { EventOf } from '../contract/event.js';
import type { Finding, Premises } from '../contract/property.js';
import { type Born, Follower } from './follower.js';
import type { Life } from './life.js';

/**
 * The part of a monitor that all laws on {@link Life} share; each adds the events it judges.
 *
 * A class, so that a run does not make its methods anew.
 */
export abstract class Watch<L extends Life<L>> {
  // Declared, not defined: see Circumstances.
  declare protected readonly follower: Follower<L>;

  constructor(premises: Premises, born: Born<L>) {
    this.follower = new Follower(premises, born);
  }

  booted(event: EventOf<'booted'>): undefined {
    this.follower.booted(event);
  }

  'vm-saved'(event: EventOf<'vm-saved'>): undefined {
    this.follower.vmSaved(event);
  }

  'vm-restored'(event: EventOf<'vm-restored'>): undefined {
    this.follower.vmRestored(event);
  }

  'vcpu-started'(event: EventOf<'vcpu-started'>): Finding {
    return this.follower.edge(event);
  }

  'vcpu-stopped'(event: EventOf<'vcpu-stopped'>): Finding {
    return this.follower.edge(event);
  }

  'guest-suspended'(event: EventOf<'guest-suspended'>): Finding {
    return this.follower.edge(event);
  }

  'guest-resumed'(event: EventOf<'guest-resumed'>): Finding {
    return this.follower.edge(event);
  }

  'clock-set'(event: EventOf<'clock-set'>): undefined {
    this.follower.clockSet(event);
  }

  'ntp-adjusted'(event: EventOf<'ntp-adjusted'>): Finding {
    this.follower.ntpAdjusted(event);
    return undefined;
  }

  'tick-sampled'(event: EventOf<'tick-sampled'>): undefined {
    this.follower.tickSampled(event);
  }

  'tick-published'(event: EventOf<'tick-published'>): undefined {
    this.follower.tickPublished(event);
  }
}
