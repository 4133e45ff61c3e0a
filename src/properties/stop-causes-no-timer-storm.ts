import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { Life, nameOf, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

type Armed = EventOf<'timer-armed'>;
type Fired = EventOf<'timer-fired'>;

/**
 * Within the first `settleWithinNs` after the first start that ended a stop or a sleep, each timer
 * with a period is called back
 *
 * - once for what it missed, however many periods that are: its overruns are counted, not made up;
 * - and as often as it would be in an equal span without a stop: once for each period that fits,
 *   at the fastest rate in force, and once for each further jump of its clock.
 *
 * A one-shot has one callback an arming in any case (timer-fires-once), so that the sum over the timers
 * of a vCPU is bounded by those due and those with a period, as the law has it.
 */
export const stopCausesNoTimerStorm: Property = {
  name: 'stop-causes-no-timer-storm',
  statement: 'After a stop a timer makes up for the periods that it missed by one callback.',
  source: {
    title: 'Linux 18ab3fc8e880: KVM: x86: Fix VM hard lockup after prolonged inactivity',
    url: 'https://git.kernel.org/linus/18ab3fc8e880',
  },
  monitor: (premises) => new Storms(premises, StormOfLife),
};

class Storms extends Watch<StormOfLife> {
  'timer-armed'(armed: Armed): undefined {
    this.follower.of(armed).arm(armed);
  }

  'timer-cancelled'(cancelled: EventOf<'timer-cancelled'>): undefined {
    this.follower.of(cancelled).cancel(cancelled.timer);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).jumped();
  }

  'timer-fired'(fired: Fired): Finding {
    return this.follower.of(fired).judge(fired);
  }
}

interface Periodic {
  readonly armed: Armed;
  /** Since the last stop ended, or since it was armed. */
  callbacks: bigint;
  jumps: bigint;
}

class StormOfLife extends Life<StormOfLife> {
  private timers = new Map<TimerId, Periodic>();
  /** Known limit `negative-motion`: each may move MONOTONIC on by the skew, once others see it. */
  private writers = 0n;
  /** A boot ends no stop. */
  private hasStopped = false;
  /** What ended the last stop. */
  private start: Edge | undefined;

  override copy(circumstances: Circumstances): StormOfLife {
    const copy = new StormOfLife(circumstances);
    for (const [id, timer] of this.timers) copy.timers.set(id, { ...timer });
    copy.writers = this.writers;
    copy.hasStopped = true;
    return copy;
  }

  override forget(): void {
    this.start = undefined;
  }

  override edge(edge: Edge, from: Phase): undefined {
    const isStart = edge.kind === 'vcpu-started' || edge.kind === 'guest-resumed';
    if (!isStart) this.hasStopped = true;
    if (isStart && this.hasStopped && from === 'away' && this.presence.phase !== 'away') {
      this.start = edge;
      for (const timer of this.timers.values()) {
        timer.callbacks = 0n;
        timer.jumps = 0n;
      }
    } else this.jumped();
  }

  override wrote(_write: Write): void {
    this.writers++;
    this.jumped();
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    this.jumped();
  }

  override ticked(
    published: EventOf<'tick-published'>,
    sampled: EventOf<'tick-sampled'> | undefined,
  ): void {
    if (sampled === undefined || sampled.earliestNs < published.latestNs) this.jumped();
  }

  jumped(): void {
    for (const timer of this.timers.values()) timer.jumps++;
  }

  arm(armed: Armed): void {
    if (armed.intervalNs === 0n) this.timers.delete(armed.timer);
    else this.timers.set(armed.timer, { armed, callbacks: 0n, jumps: 0n });
  }

  cancel(timer: TimerId): void {
    this.timers.delete(timer);
  }

  judge(fired: Fired): Finding {
    const timer = this.timers.get(fired.timer);
    const { start } = this;
    if (timer === undefined || start === undefined || !this.nominal.isTied) return undefined;
    timer.callbacks++;
    const sinceNs = fired.latestNs - start.earliestNs;
    if (sinceNs > this.premises.declared.settleWithinNs) return undefined;
    const skewNs = (1n + this.writers) * this.nominal.skewNs;
    const passedNs = ceilDivide((sinceNs + skewNs) * this.rate.highest, RATE_ONE) + 1n;
    const most = passedNs / timer.armed.intervalNs + timer.jumps + 2n;
    return timer.callbacks <= most ? 'held' : storm(timer, start, fired, most, sinceNs);
  }
}

function storm(
  { armed, callbacks }: Periodic,
  start: Edge,
  fired: Fired,
  most: bigint,
  sinceNs: Ns,
): Violation {
  return {
    expected: `timer ${armed.timer} with at most ${most} callbacks in the ${sinceNs} ns since the stop, one each ${armed.intervalNs} ns`,
    observed: `${callbacks} on ${nameOf(fired)}`,
    evidence: [armed, start, fired],
  };
}
