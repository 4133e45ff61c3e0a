import type { TimerClockId } from '../contract/clock.js';
import type { TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';

/** The timer of the tick itself; a schedule's timers count from 0. */
export const SCHED_TICK: TimerId = -1;

/** `struct hrtimer`: due from `softexpires` on, and the device is programmed for `expires`. */
export interface Hrtimer {
  readonly timer: TimerId;
  readonly clock: TimerClockId;
  readonly softexpires: Ns;
  readonly expires: Ns;
}

/** What a clock is ahead of MONOTONIC. */
export type ClockOffset = (clock: TimerClockId) => Ns;

/** `struct hrtimer_cpu_base`: the timers of one vCPU, by clock and ordered by their hard expiry. */
export class HrtimerQueue {
  private readonly bases = new Map<TimerClockId, Hrtimer[]>();

  get isEmpty(): boolean {
    for (const base of this.bases.values()) if (base.length > 0) return false;
    return true;
  }

  /** As enqueue_hrtimer(): behind those of equal expiry. */
  enqueue(timer: Hrtimer): void {
    let base = this.bases.get(timer.clock);
    if (base === undefined) {
      base = [];
      this.bases.set(timer.clock, base);
    }
    let at = base.length;
    while (at > 0 && (base[at - 1] as Hrtimer).expires > timer.expires) at--;
    base.splice(at, 0, timer);
  }

  /** Whether it was queued. */
  remove(timer: TimerId): boolean {
    for (const base of this.bases.values()) {
      const at = base.findIndex((queued) => queued.timer === timer);
      if (at >= 0) {
        base.splice(at, 1);
        return true;
      }
    }
    return false;
  }

  /**
   * Takes out the next timer that is due at `monotonicNs`, or undefined. The first of a base that is
   * not due hides those behind it, even with an earlier soft expiry. As __hrtimer_run_queues().
   */
  takeDue(monotonicNs: Ns, offset: ClockOffset): Hrtimer | undefined {
    for (const [clock, base] of this.bases) {
      const first = base[0];
      if (first !== undefined && monotonicNs + offset(clock) >= first.softexpires) {
        base.shift();
        return first;
      }
    }
    return undefined;
  }

  /** What the device must be programmed for, on MONOTONIC; undefined: nothing. As __hrtimer_get_next_event(). */
  nextEvent(offset: ClockOffset): Ns | undefined {
    let next: Ns | undefined;
    for (const [clock, base] of this.bases) {
      const first = base[0];
      if (first === undefined) continue;
      const expires = first.expires - offset(clock);
      if (next === undefined || expires < next) next = expires;
    }
    return next !== undefined && next < 0n ? 0n : next;
  }

  clone(): HrtimerQueue {
    const copy = new HrtimerQueue();
    for (const [clock, base] of this.bases) copy.bases.set(clock, [...base]);
    return copy;
  }
}
