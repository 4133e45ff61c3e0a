import type { Event, EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { WatchLives } from './watch-lives.js';

type Snapshot = EventOf<'snapshot-taken'>;
type Step = EventOf<'daemon-polled'> | EventOf<'timestamp-taken'> | EventOf<'timestamp-used'>;

/**
 * Once the host has asked the guest to freeze, and until it thaws or the host calls it off:
 *
 * - the guest acknowledges before the first vCPU stops. Without an acknowledgement the host does not
 *   stop it, or has said that it does so all the same by the time that a vCPU goes on;
 * - no task takes a step from the acknowledgement to the thaw;
 * - asked again, a guest freezes no second time: it neither acknowledges nor suspends once more.
 *
 * A freeze that was called off counts as no time, also where the guest had suspended for it: BOOTTIME −
 * MONOTONIC of one sample is after it what it was before.
 *
 * The host stops when it has seen the acknowledgement: that it was told of first is what is before.
 */
export const freezeComesBeforeStop: Property = {
  name: 'freeze-comes-before-stop',
  statement:
    'A guest that was asked to freeze is stopped once it has, or is told that it was not waited for.',
  source: {
    title:
      'T. Gleixner, 1 Oct 2021: "Let the guest go into a lightweight freeze similar to S2IDLE"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  monitor: () => new Freezes(() => new FreezeOfLife()),
};

class Freezes extends WatchLives<FreezeOfLife> {
  'freeze-requested'(event: EventOf<'freeze-requested'>): undefined {
    this.lives.of(event).request(event);
  }

  'freeze-acknowledged'(event: EventOf<'freeze-acknowledged'>): Finding {
    return this.lives.of(event).acknowledge(event);
  }

  'freeze-aborted'(event: EventOf<'freeze-aborted'>): undefined {
    this.lives.of(event).abort();
  }

  thawed(event: EventOf<'thawed'>): undefined {
    this.lives.of(event).end();
  }

  'stopped-uncooperatively'(event: EventOf<'stopped-uncooperatively'>): undefined {
    this.lives.of(event).wasSaid = true;
  }

  'host-step-taken'({ actor, incarnation, step }: EventOf<'host-step-taken'>): undefined {
    const life = this.lives.of({ actor, incarnation });
    life.tellsSteps = true;
    if (step.startsWith('pause-vcpu')) life.isPausing = true;
  }

  'vcpu-stopped'(event: EventOf<'vcpu-stopped'>): Finding {
    return this.lives.of(event).stop(event);
  }

  'vcpu-started'(event: EventOf<'vcpu-started'>): Finding {
    return this.lives.of(event).start(event);
  }

  'guest-suspended'(event: EventOf<'guest-suspended'>): Finding {
    return this.lives.of(event).suspend(event);
  }

  'guest-resumed'(event: EventOf<'guest-resumed'>): undefined {
    this.lives.of(event).suspended = undefined;
  }

  'daemon-polled'(event: EventOf<'daemon-polled'>): Finding {
    return this.lives.of(event).act(event);
  }

  'timestamp-taken'(event: EventOf<'timestamp-taken'>): Finding {
    return this.lives.of(event).act(event);
  }

  'timestamp-used'(event: EventOf<'timestamp-used'>): Finding {
    return this.lives.of(event).act(event);
  }

  'snapshot-taken'(event: Snapshot): Finding {
    return this.lives.of(event).snapshot(event);
  }
}

class FreezeOfLife {
  /** The first request that neither a thaw nor an abort has ended. */
  private requested: EventOf<'freeze-requested'> | undefined;
  private acknowledged: EventOf<'freeze-acknowledged'> | undefined;
  /** The first stop of a vCPU after a request without an acknowledgement. */
  private early: EventOf<'vcpu-stopped'> | undefined;
  private wasStopped = false;
  /** The VMM has told of a step, so that a stop without one is none of its own: its host went to sleep. */
  tellsSteps = false;
  isPausing = false;
  /** The host has said that it does not wait. */
  wasSaid = false;
  /** The guest's own clocks are suspended since. */
  suspended: EventOf<'guest-suspended'> | undefined;
  /** Something was counted as time away, or may have been, since the last sample. */
  private wasAway = false;
  private wasAborted = false;
  /** The freeze that goes on suspended the guest's clocks; and it was called off. */
  private sleeps = false;
  private isOff = false;
  private sample: Snapshot | undefined;

  copy(): FreezeOfLife {
    const copy = Object.assign(new FreezeOfLife(), this);
    copy.wasAway = true;
    return copy;
  }

  request(event: EventOf<'freeze-requested'>): void {
    if (this.requested === undefined) this.isPausing = false;
    this.requested ??= event;
  }

  acknowledge(event: EventOf<'freeze-acknowledged'>): Finding {
    const { acknowledged, early, requested } = this;
    this.acknowledged ??= event;
    if (acknowledged !== undefined) return again('acknowledgement', acknowledged, event);
    if (early === undefined || requested === undefined || this.wasSaid) return undefined;
    return tooSoon([requested, early, event], 'acknowledged after it');
  }

  abort(): void {
    this.wasAborted = true;
    this.isOff = true;
    // Frozen tasks go on with the thaw; and who was stopped early is told of nothing by this.
    if (this.acknowledged === undefined && this.early === undefined) this.end();
  }

  end(): void {
    if (this.sleeps && !this.isOff) this.wasAway = true;
    this.sleeps = false;
    this.isOff = false;
    this.requested = undefined;
    this.acknowledged = undefined;
    this.early = undefined;
    this.wasStopped = false;
    this.wasSaid = false;
  }

  stop(event: EventOf<'vcpu-stopped'>): Finding {
    this.wasAway = true;
    if (this.requested === undefined || this.wasStopped) return undefined;
    if (this.tellsSteps && !this.isPausing) return undefined;
    this.wasStopped = true;
    if (this.acknowledged !== undefined) return 'held';
    this.early = event;
    return undefined;
  }

  start(event: EventOf<'vcpu-started'>): Finding {
    const { early, requested } = this;
    if (early === undefined || requested === undefined) return undefined;
    const { wasSaid } = this;
    this.end();
    return wasSaid ? 'held' : tooSoon([requested, early, event], 'no acknowledgement');
  }

  suspend(event: EventOf<'guest-suspended'>): Finding {
    const { suspended } = this;
    this.suspended = event;
    if (this.requested === undefined) this.wasAway = true;
    else this.sleeps = true;
    if (suspended === undefined || this.requested === undefined) return undefined;
    return again('suspend', suspended, event);
  }

  act(event: Step): Finding {
    const { acknowledged } = this;
    if (acknowledged === undefined) return undefined;
    return {
      expected: 'no step of a task between the acknowledged freeze and the thaw',
      observed: `${event.kind} on vCPU ${event.on}`,
      evidence: [acknowledged, event],
    };
  }

  snapshot(event: Snapshot): Finding {
    const { sample, wasAway, wasAborted } = this;
    // Between the two there may be a freeze that is not over.
    if (this.requested !== undefined) return undefined;
    this.sample = event;
    this.wasAway = false;
    this.wasAborted = false;
    if (sample === undefined || wasAway || !wasAborted) return undefined;
    const grown = difference(event) - difference(sample);
    if (grown === 0n) return 'held';
    return {
      expected: `BOOTTIME ${difference(sample)} ns ahead of MONOTONIC, as before the freeze that was called off`,
      observed: `${difference(event)} ns ahead: ${grown} ns were injected`,
      evidence: [sample, event],
    };
  }
}

function difference({ boottimeNs, monotonicNs }: Snapshot): Ns {
  return boottimeNs - monotonicNs;
}

function again(what: string, first: Event, second: Event): Violation {
  return {
    expected: `one ${what} a freeze, however often the guest is asked`,
    observed: 'a second one',
    evidence: [first, second],
  };
}

function tooSoon(evidence: readonly Event[], observed: string): Violation {
  return {
    expected:
      'an acknowledged freeze before the first vCPU stops, or a sign that nobody waited for it',
    observed,
    evidence,
  };
}
