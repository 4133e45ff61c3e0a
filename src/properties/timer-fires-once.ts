import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import { max, min } from '../math/u64.js';
import { type Inheritable, Lives } from './before.js';
import { nameOf } from './life.js';

type Armed = EventOf<'timer-armed'>;
type Fired = EventOf<'timer-fired'>;

/** Overruns saturate at DELAYTIMER_MAX, which is INT_MAX: timer_getoverrun(2). */
const SATURATED = 2n ** 31n - 1n;

/**
 * An arming of a one-shot has at most one callback in one incarnation; a restored one takes up the
 * timers as its snapshot had them.
 *
 * An interval timer's deliveries count the periods that passed: after each, their sum is
 * floor((now − expires) / interval) + 1, for a now from what was compared with to what was read.
 * Periods may be lost to saturation only. Where the clock may have been set back since, there is
 * no upper bound.
 */
export const timerFiresOnce: Property = {
  name: 'timer-fires-once',
  statement: 'A timer calls back once for each arming, or counts each period once.',
  source: {
    title: 'timer_getoverrun(2): overruns of a periodic timer',
    url: 'https://man7.org/linux/man-pages/man2/timer_getoverrun.2.html',
  },
  monitor: () => new Callbacks(),
};

class Callbacks {
  private readonly lives = new Lives(() => new Armings());

  booted(booted: EventOf<'booted'>): undefined {
    this.lives.booted(booted);
  }

  'vm-saved'(saved: EventOf<'vm-saved'>): undefined {
    this.lives.vmSaved(saved);
  }

  'vm-restored'(restored: EventOf<'vm-restored'>): undefined {
    this.lives.vmRestored(restored);
  }

  'timer-armed'(armed: Armed): undefined {
    this.lives.of(armed).arm(armed);
  }

  'timer-fired'(fired: Fired): Finding {
    return this.lives.of(fired).judge(fired);
  }

  'clock-set'(set: EventOf<'clock-set'>): undefined {
    this.lives.of(set).mayHaveSetBack();
  }

  'ntp-adjusted'(adjusted: EventOf<'ntp-adjusted'>): undefined {
    this.lives.of(adjusted).mayHaveSetBack();
  }
}

interface Arming {
  readonly armed: Armed;
  first: Fired | undefined;
  /** Periods reported so far. */
  expirations: bigint;
  mayBeSetBack: boolean;
}

class Armings implements Inheritable<Armings> {
  private readonly armings = new Map<TimerId, Arming>();

  copy(): Armings {
    const copy = new Armings();
    for (const [id, arming] of this.armings) copy.armings.set(id, { ...arming });
    return copy;
  }

  arm(armed: Armed): void {
    const arming = { armed, first: undefined, expirations: 0n, mayBeSetBack: false };
    this.armings.set(armed.timer, arming);
  }

  mayHaveSetBack(): void {
    for (const arming of this.armings.values()) {
      const { clock } = arming.armed;
      if (clock === 'CLOCK_REALTIME' || clock === 'CLOCK_TAI') arming.mayBeSetBack = true;
    }
  }

  judge(fired: Fired): Finding {
    const arming = this.armings.get(fired.timer);
    if (arming === undefined) return undefined;
    if (arming.armed.intervalNs > 0n) return this.judgePeriods(arming, fired);
    if (arming.first !== undefined) return again(arming.armed, arming.first, fired);
    arming.first = fired;
    return 'held';
  }

  private judgePeriods(arming: Arming, fired: Fired): Finding {
    const { armed } = arming;
    arming.first ??= fired;
    arming.expirations += fired.expirations;
    if (fired.expirations < 1n) return miscounted(armed, fired, fired.expirations, 'at least', 1n);
    const { comparedNs, readNs } = fired;
    const sum = arming.expirations;
    if (comparedNs !== null) {
      const least = min(periods(armed, comparedNs), SATURATED);
      if (sum < least) return miscounted(armed, fired, sum, 'at least', least);
    }
    const now = comparedNs === null || readNs === null ? readNs : max(comparedNs, readNs);
    if (now === null) return comparedNs === null ? undefined : 'held';
    if (arming.mayBeSetBack) return 'held';
    const most = periods(armed, now);
    return sum > most ? miscounted(armed, fired, sum, 'at most', most) : 'held';
  }
}

/** Periods that have passed when the timer's clock shows `now`. */
function periods({ expiresNs, intervalNs }: Armed, now: bigint): bigint {
  return now < expiresNs ? 0n : (now - expiresNs) / intervalNs + 1n;
}

function again(armed: Armed, first: Fired, fired: Fired): Violation {
  return {
    expected: `timer ${armed.timer} once, as armed on ${nameOf(armed)}`,
    observed: `called back a second time, on ${nameOf(fired)}`,
    evidence: [armed, first, fired],
  };
}

function miscounted(
  armed: Armed,
  fired: Fired,
  sum: bigint,
  which: string,
  bound: bigint,
): Violation {
  const periodsSince = `periods of ${armed.intervalNs} ns since ${armed.expiresNs} ns`;
  return {
    expected: `timer ${armed.timer} with ${which} ${bound} ${periodsSince} on ${armed.clock}`,
    observed: `${sum} reported by the callback on ${nameOf(fired)}`,
    evidence: [armed, fired],
  };
}
