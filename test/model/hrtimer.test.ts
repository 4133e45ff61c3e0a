import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HRTIMER_CLOCKS } from '../../src/contract/clock.js';
import { type Hrtimer, HrtimerQueue } from '../../src/model/hrtimer.js';

const timerOf = (timer: number, expires: bigint, slack = 0n): Hrtimer => ({
  timer,
  clock: 'CLOCK_MONOTONIC',
  base: 'CLOCK_MONOTONIC',
  softexpires: expires,
  expires: expires + slack,
  intervalNs: 0n,
  rawNs: 0n,
  wakes: false,
});

const none = () => 0n;

/** What a queue does, on a sorted list: the plain way to say what a heap must come to. */
class SortedList {
  private timers: Hrtimer[] = [];

  enqueue(timer: Hrtimer): void {
    this.remove(timer.timer);
    const behind = this.timers.findIndex(({ expires }) => expires > timer.expires);
    this.timers.splice(behind < 0 ? this.timers.length : behind, 0, timer);
  }

  remove(timer: number): void {
    this.timers = this.timers.filter((each) => each.timer !== timer);
  }

  takeDue(now: bigint): Hrtimer | undefined {
    const [first] = this.timers;
    return first !== undefined && now >= first.softexpires ? this.timers.shift() : undefined;
  }
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('enqueue' as const),
    timer: fc.nat(12),
    expires: fc.bigInt({ min: 0n, max: 9n }),
    slack: fc.bigInt({ min: 0n, max: 3n }),
  }),
  fc.record({ kind: fc.constant('remove' as const), timer: fc.nat(12) }),
  fc.record({ kind: fc.constant('take' as const), now: fc.bigInt({ min: 0n, max: 9n }) }),
  fc.record({ kind: fc.constant('clone' as const) }),
);

describe('the queue of a vCPU', () => {
  test('gives its timers as a sorted list would, those of equal expiry as they came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let queue = new HrtimerQueue();
        const list = new SortedList();
        for (const each of steps) {
          if (each.kind === 'enqueue') {
            const timer = timerOf(each.timer, each.expires, each.slack);
            queue.enqueue(timer);
            list.enqueue(timer);
          } else if (each.kind === 'remove') {
            queue.remove(each.timer);
            list.remove(each.timer);
          } else if (each.kind === 'clone') queue = queue.clone();
          else expect(queue.takeDue(each.now, none)).toEqual(list.takeDue(each.now));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is not changed by what becomes of its copy', () => {
    const queue = new HrtimerQueue();
    queue.enqueue(timerOf(0, 5n));
    const copy = queue.clone();
    copy.remove(0);
    copy.enqueue(timerOf(1, 1n));
    expect([queue.size, queue.nextEvent(none), copy.nextEvent(none)]).toEqual([1, 5n, 1n]);
  });

  test('waits for the hard expiry, and gives a timer from the soft one on', () => {
    const queue = new HrtimerQueue();
    queue.enqueue(timerOf(0, 5n, 3n));
    expect(queue.nextEvent(none)).toBe(8n);
    expect(queue.takeDue(4n, none)).toBeUndefined();
    expect(queue.takeDue(5n, none)?.timer).toBe(0);
  });

  test('hides a timer behind one that is not due, though its soft expiry is earlier', () => {
    const queue = new HrtimerQueue();
    queue.enqueue(timerOf(0, 7n));
    queue.enqueue(timerOf(1, 2n, 8n));
    expect(queue.takeDue(6n, none)).toBeUndefined();
    expect(queue.takeDue(7n, none)?.timer).toBe(0);
    expect(queue.takeDue(7n, none)?.timer).toBe(1);
  });

  test('counts each base by its offset, and never waits for what is before 0', () => {
    for (const base of HRTIMER_CLOCKS) {
      const queue = new HrtimerQueue();
      queue.enqueue({ ...timerOf(0, 100n), clock: base, base });
      const offset = (clock: string) => (clock === 'CLOCK_MONOTONIC' ? 0n : 1_000n);
      expect(queue.nextEvent(offset)).toBe(base === 'CLOCK_MONOTONIC' ? 100n : 0n);
    }
  });
});
