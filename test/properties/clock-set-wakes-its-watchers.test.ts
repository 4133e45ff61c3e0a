import { describe, expect, test } from 'vitest';
import { clockSetWakesItsWatchers as law } from '../../src/properties/clock-set-wakes-its-watchers.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const judge = (story: Story): string => summary(verdictOf(law, { vcpus: 2 }, story.events));
const watched = (): Story =>
  new Story()
    .boot(2)
    .at(1n)
    .watch(0, 3, 100n * SEC);

describe('clock-set-wakes-its-watchers', () => {
  test('a step wakes who waits for it, once', () => {
    expect(judge(watched().at(SEC).set(1, 5n).wake(1, 3))).toBe('holds 1');
    expect(judge(watched().at(SEC).leap(0, -SEC).wake(0, 3))).toBe('holds 1');
  });

  test('the wake may come before the end of the call that explains it', () => {
    expect(
      judge(
        watched()
          .at(SEC)
          .wake(1, 3)
          .at(SEC - 1n, SEC + 1n)
          .set(1, 5n),
      ),
    ).toBe('vacuous');
  });

  test('a timer that fires first was not cancelled', () => {
    const fired = watched()
      .at(SEC)
      .set(1, 200n * SEC)
      .fire(0, 3, 'CLOCK_REALTIME', 201n * SEC);
    expect(judge(fired)).toMatch(/^violated: the timer fired on vCPU 0 first/);
  });

  test('a step that wakes nobody while the guest had its chance is a violation', () => {
    const read = (at: bigint) => watched().at(SEC).set(1, 5n).at(at).monotonic(0, 0n);
    expect(judge(read(2n * SEC))).toBe('vacuous');
    expect(judge(read(2n * SEC + 1n))).toMatch(/^violated: not woken until the end/);
  });

  test('time in which a vCPU is stopped is no chance', () => {
    const stopped = watched()
      .at(SEC)
      .set(1, 5n)
      .stop(0)
      .at(60n * SEC)
      .start(0);
    expect(judge(stopped.at(60n * SEC + 1n).monotonic(0, 0n))).toBe('vacuous');
  });

  test('a wake without a step is a violation, and after a sleep it may be one', () => {
    expect(judge(watched().at(SEC).wake(0, 3))).toMatch(/^violated: woken on vCPU 0/);
    expect(judge(watched().at(SEC).set(1, 5n).wake(1, 3).wake(1, 3))).toMatch('violated');
    expect(
      judge(
        watched()
          .at(SEC)
          .suspend()
          .at(2n * SEC)
          .resume()
          .wake(0, 3),
      ),
    ).toBe('vacuous');
  });

  test('steps of nothing, refused calls and other timers wake nobody', () => {
    const quiet = watched().at(SEC).set(1, 0n).set(1, 7n, -22).arm(0, 1, 'CLOCK_REALTIME', SEC);
    expect(judge(quiet.at(9n * SEC).monotonic(0, 0n))).toBe('vacuous');
    expect(
      judge(
        watched()
          .cancel(0, 3)
          .at(SEC)
          .set(1, 5n)
          .at(9n * SEC)
          .monotonic(0, 0n),
      ),
    ).toBe('vacuous');
  });

  test('who waits in a snapshot waits in the restored life', () => {
    const restored = watched().save(0).at(SEC).restore(0, 1).start(0, 1).set(0, 5n);
    expect(judge(restored.at(9n * SEC).monotonic(0, 0n))).toMatch('violated');
  });
});
