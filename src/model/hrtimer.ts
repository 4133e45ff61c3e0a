import { HRTIMER_CLOCKS, type HrtimerClockId, type TimerClockId } from '../contract/clock.js';
import type { TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { type Node, TimerHeap } from './timer-heap.js';

/** The timer of the tick itself; a schedule's timers count from 0. */
export const SCHED_TICK: TimerId = -1;

/** `struct hrtimer`: due from `softexpires` on, and the device is programmed for `expires`. */
export interface Hrtimer {
  readonly timer: TimerId;
  /** The clock that it was armed on. */
  readonly clock: TimerClockId;
  /** The base that it is queued on, and the two expiries are of: MONOTONIC for a RAW timer. */
  readonly base: HrtimerClockId;
  readonly softexpires: Ns;
  readonly expires: Ns;
  /** Its period, on `clock`; 0: a one-shot. */
  readonly intervalNs: Ns;
  /** Of a RAW timer, its expiry on RAW; else 0. */
  readonly rawNs: Ns;
  /** Whether it wakes a guest that suspended itself. */
  readonly wakes: boolean;
  /** Whether its vCPU is preempted in the callback, before that reads the clock; left out: it is not. */
  readonly stopsInCallback?: true;
}

/** What a clock is ahead of MONOTONIC. */
export type ClockOffset = (clock: HrtimerClockId) => Ns;

/** The bases in the order in which an interrupt looks at them: MONOTONIC first, and so the tick. */
const BASES = HRTIMER_CLOCKS;

/** `struct hrtimer_cpu_base`: the timers of one vCPU, by clock and ordered by their hard expiry. */
export class HrtimerQueue {
  private readonly bases: readonly TimerHeap[] = BASES.map(() => new TimerHeap());
  private readonly nodes = new Map<TimerId, Node>();
  private rawCount = 0;

  get isEmpty(): boolean {
    return this.nodes.size === 0;
  }

  get size(): number {
    return this.nodes.size;
  }

  /** Whether a timer beside the tick's is queued. */
  get hasTimers(): boolean {
    return this.nodes.size > (this.nodes.has(SCHED_TICK) ? 1 : 0);
  }

  /** Whether a timer on CLOCK_MONOTONIC_RAW is. */
  get hasRaw(): boolean {
    return this.rawCount > 0;
  }

  /** As enqueue_hrtimer(): behind those of equal expiry. */
  enqueue(timer: Hrtimer): void {
    this.remove(timer.timer);
    this.nodes.set(timer.timer, this.heapOf(timer).push(timer));
    if (timer.clock === 'CLOCK_MONOTONIC_RAW') this.rawCount++;
  }

  /** @returns what was queued under that name. */
  remove(timer: TimerId): Hrtimer | undefined {
    const node = this.nodes.get(timer);
    if (node === undefined) return undefined;
    this.nodes.delete(timer);
    this.heapOf(node.timer).remove(node);
    if (node.timer.clock === 'CLOCK_MONOTONIC_RAW') this.rawCount--;
    return node.timer;
  }

  get(timer: TimerId): Hrtimer | undefined {
    return this.nodes.get(timer)?.timer;
  }

  /** All of them, in no order that means anything. */
  *all(): Iterable<Hrtimer> {
    for (const { timer } of this.nodes.values()) yield timer;
  }

  /**
   * Takes out the next timer that is due at `monotonicNs`, or undefined. The first of a base that is
   * not due hides those behind it, even with an earlier soft expiry. As __hrtimer_run_queues().
   */
  takeDue(monotonicNs: Ns, offset: ClockOffset): Hrtimer | undefined {
    for (let at = 0; at < BASES.length; at++) {
      const first = this.bases[at]?.first;
      if (first === undefined || monotonicNs + offset(first.base) < first.softexpires) continue;
      this.remove(first.timer);
      return first;
    }
    return undefined;
  }

  /** What the device must be programmed for, on MONOTONIC; undefined: nothing. As __hrtimer_get_next_event(). */
  nextEvent(offset: ClockOffset): Ns | undefined {
    let next: Ns | undefined;
    for (let at = 0; at < BASES.length; at++) {
      const first = this.bases[at]?.first;
      if (first === undefined) continue;
      const expires = first.expires - offset(first.base);
      if (next === undefined || expires < next) next = expires;
    }
    return next !== undefined && next < 0n ? 0n : next;
  }

  clone(): HrtimerQueue {
    const copy = new HrtimerQueue();
    copy.rawCount = this.rawCount;
    this.bases.forEach((heap, at) => {
      copy.bases[at]?.copyFrom(heap, (node) => copy.nodes.set(node.timer.timer, node));
    });
    return copy;
  }

  private heapOf({ base }: Hrtimer): TimerHeap {
    return this.bases[BASES.indexOf(base)] as TimerHeap; // one for each clock
  }
}
