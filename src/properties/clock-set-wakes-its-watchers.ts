import type { Event, EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import type { Circumstances } from './circumstances.js';
import { type ClockStep, setBy, stepOf } from './clock-sets.js';
import type { Edge } from './edges.js';
import { Life, nameOf } from './life.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

type Armed = EventOf<'timer-armed'>;
type Woken = EventOf<'watcher-woken'>;

/**
 * Each step of REALTIME against MONOTONIC wakes every armed timer with TFD_TIMER_CANCEL_ON_SET once,
 * before that timer expires by the new time. Steps that follow each other before it had a chance may
 * be one wake; a wake that no step explains is none. A sleep is a step of unknown length, and may
 * wake.
 *
 * Chance: `settleWithinNs` of fully running time after the step; a run that ends before is silent.
 */
export const clockSetWakesItsWatchers: Property = {
  name: 'clock-set-wakes-its-watchers',
  statement:
    'Who waits for the clock to be set is woken by each step of it, before the timer fires.',
  source: {
    title: 'timerfd_create(2): TFD_TIMER_CANCEL_ON_SET, "a discontinuous change" of the clock',
    url: 'https://man7.org/linux/man-pages/man2/timerfd_create.2.html',
  },
  monitor: (premises) => new Watchers(premises, WatchersOfLife),
};

class Watchers extends Watch<WatchersOfLife> {
  private readonly lives = new Set<WatchersOfLife>();

  private in(event: Event & { readonly actor: { readonly vm: number } }): WatchersOfLife {
    const life = this.follower.of(event);
    this.lives.add(life);
    life.now(event);
    return life;
  }

  'timer-armed'(armed: Armed): undefined {
    this.in(armed).arm(armed);
  }

  'timer-cancelled'(cancelled: EventOf<'timer-cancelled'>): undefined {
    this.in(cancelled).disarm(cancelled.timer);
  }

  'timer-fired'(fired: EventOf<'timer-fired'>): Finding {
    return this.in(fired).fired(fired);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.in(leap).step(leap);
  }

  'watcher-woken'(woken: Woken): Finding {
    return this.in(woken).woken(woken);
  }

  'clock-read'(read: EventOf<'clock-read'>): undefined {
    this.in(read);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): undefined {
    this.in(snapshot);
  }

  override 'tick-published'(published: EventOf<'tick-published'>): undefined {
    super['tick-published'](published);
    this.in(published);
  }

  /** What is owed when the run ends, to those who had their chance. */
  end(): Finding {
    for (const life of this.lives) {
      const finding = life.end();
      if (finding !== undefined) return finding;
    }
    return undefined;
  }
}

/** A timer whose waiter is to be woken. */
interface Watcher {
  readonly armed: Armed;
  /** The step that it is still to be woken for, and the fully running time before. */
  owed: ClockStep | undefined;
  owedAtNs: Ns;
  /** A sleep may have moved the clock. */
  mayWake: boolean;
  /** A wake that came before the end of the call that explains it. */
  early: Woken | undefined;
}

class WatchersOfLife extends Life<WatchersOfLife> {
  private watchers = new Map<TimerId, Watcher>();
  /** Fully running time so far, and since when more of it. */
  private fullNs: Ns = 0n;
  private fullSinceNs: Ns | undefined;
  private nowNs: Ns = 0n;

  override copy(circumstances: Circumstances): WatchersOfLife {
    const copy = new WatchersOfLife(circumstances);
    for (const [timer, watcher] of this.watchers) copy.watchers.set(timer, { ...watcher });
    copy.fullNs = this.full();
    return copy;
  }

  override forget(): void {}

  now(event: { readonly earliestNs: Ns }): void {
    if (event.earliestNs > this.nowNs) this.nowNs = event.earliestNs;
  }

  private full(): Ns {
    const { fullSinceNs, nowNs, fullNs } = this;
    return fullSinceNs === undefined || nowNs < fullSinceNs ? fullNs : fullNs + nowNs - fullSinceNs;
  }

  override edge(edge: Edge, from: Phase): Finding {
    this.now(edge);
    const { phase } = this.presence;
    if (from === 'fully' && phase !== 'fully') {
      this.fullNs = this.full();
      this.fullSinceNs = undefined;
    } else if (phase === 'fully' && from !== 'fully') this.fullSinceNs = edge.latestNs;
    if (edge.kind === 'guest-resumed') {
      for (const watcher of this.watchers.values()) watcher.mayWake = true;
    }
    return undefined;
  }

  arm(armed: Armed): void {
    this.disarm(armed.timer);
    if (armed.cancelOnSet !== true) return;
    const owedAtNs = 0n;
    const watcher = { armed, owed: undefined, owedAtNs, mayWake: false, early: undefined };
    this.watchers.set(armed.timer, watcher);
  }

  disarm(timer: TimerId): void {
    this.watchers.delete(timer);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    this.step(set);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    this.step(adjusted);
  }

  step(step: ClockStep): void {
    const byNs = stepOf(step);
    if (byNs === undefined || byNs === 0n) return;
    this.now(step);
    for (const watcher of this.watchers.values()) {
      const { early } = watcher;
      watcher.early = undefined;
      if (early !== undefined && early.latestNs >= step.earliestNs) continue;
      if (watcher.owed === undefined) watcher.owedAtNs = this.full();
      watcher.owed ??= step;
    }
  }

  woken(woken: Woken): Finding {
    const watcher = this.watchers.get(woken.timer);
    if (watcher === undefined) return undefined;
    if (watcher.owed !== undefined || watcher.mayWake) {
      const isOwed = watcher.owed !== undefined;
      watcher.owed = undefined;
      watcher.mayWake = false;
      return isOwed ? 'held' : undefined;
    }
    if (watcher.early !== undefined) return unexplained(watcher, watcher.early);
    watcher.early = woken;
    return undefined;
  }

  fired(fired: EventOf<'timer-fired'>): Finding {
    const watcher = this.watchers.get(fired.timer);
    this.disarm(fired.timer);
    return watcher?.owed === undefined ? undefined : forgotten(watcher, watcher.owed, fired);
  }

  end(): Finding {
    for (const watcher of this.watchers.values()) {
      if (watcher.early !== undefined) return unexplained(watcher, watcher.early);
      const chanceNs = this.full() - watcher.owedAtNs;
      const { settleWithinNs } = this.premises.declared;
      if (watcher.owed !== undefined && chanceNs > settleWithinNs) {
        return forgotten(watcher, watcher.owed);
      }
    }
    return undefined;
  }
}

function forgotten({ armed }: Watcher, step: ClockStep, fired?: EventOf<'timer-fired'>): Violation {
  return {
    expected: `who waits for timer ${armed.timer} woken, as ${setBy(step)} stepped REALTIME by ${stepOf(step)} ns`,
    observed:
      fired === undefined ? 'not woken until the end' : `the timer fired on ${nameOf(fired)} first`,
    evidence: fired === undefined ? [armed, step] : [armed, step, fired],
  };
}

function unexplained({ armed }: Watcher, woken: Woken): Violation {
  return {
    expected: `who waits for timer ${armed.timer} asleep: the clock was not set since`,
    observed: `woken on ${nameOf(woken)}`,
    evidence: [armed, woken],
  };
}
