import { describe, expect, test } from 'vitest';
import { timerIsNeverLost } from '../../src/properties/timer-is-never-lost.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = { vcpus: 2 }): string {
  return summary(verdictOf(timerIsNeverLost, setup, story.events));
}

const MONO = 'CLOCK_MONOTONIC';
const RAW = 'CLOCK_MONOTONIC_RAW';
const armed = (): Story => new Story().boot(2).arm(0, 3, MONO, 5_000n);

describe('timer-is-never-lost, who waits', () => {
  test('has a device for its first timer: at its expiry, or before', () => {
    expect(judge(armed().device(0, 5_000n, 5_000n).idle(0))).toBe('holds 1');
    expect(judge(armed().device(0, 4_000n, 4_000n).idle(0))).toBe('holds 1');
    expect(judge(armed().device(0, 5_001n, 5_001n).idle(0))).toBe('violated: it waits for 5001 ns');
    expect(judge(armed().device(0, null).idle(0))).toBe('violated: it is shut down');
  });

  test('may be stopped instead of idle', () => {
    expect(judge(armed().device(0, 5_000n).stop(0))).toBe('holds 1');
    expect(judge(armed().device(0, null).stop(0))).toMatch('shut down');
  });

  test('owes nothing to a timer that fired, was cancelled or is on another vCPU', () => {
    expect(judge(armed().fire(0, 3, MONO, 5_000n).device(0, null).idle(0))).toBe('vacuous');
    expect(judge(armed().cancel(0, 3).device(0, null).idle(0))).toBe('vacuous');
    expect(judge(armed().device(1, null).idle(1))).toBe('vacuous');
  });

  test('owes nothing while the guest is suspended', () => {
    expect(judge(armed().device(0, null).suspend(0).stop(0))).toBe('vacuous');
  });

  test('waits for a RAW timer until what that was mapped to', () => {
    const mapped = (): Story => new Story().boot(2).arm(0, 3, RAW, 5_000n).map(0, 3, 6_000n);
    expect(judge(mapped().device(0, 6_000n).idle(0))).toBe('holds 1');
    expect(judge(mapped().device(0, 6_001n).idle(0))).toMatch('it waits for 6001 ns');
  });

  test('waits on REALTIME for something, whose offset is not told', () => {
    const wall = (): Story => new Story().boot(2).arm(0, 3, 'CLOCK_REALTIME', 5_000n);
    expect(
      judge(
        wall()
          .device(0, 10n ** 9n)
          .idle(0),
      ),
    ).toBe('holds 1');
    expect(judge(wall().device(0, null).idle(0))).toMatch('shut down');
  });

  test('with a period, for the next', () => {
    const story = new Story()
      .boot()
      .arm(0, 3, MONO, 5_000n, 100n)
      .fire(0, 3, MONO, 5_250n, 5_250n, 3n);
    expect(judge(story.device(0, 5_300n).idle(0))).toBe('holds 1');
    expect(judge(story.device(0, 5_301n).idle(0))).toMatch('it waits for 5301 ns');
  });
});

describe('timer-is-never-lost, what is overdue', () => {
  // As in timer-fires-within-slack: 1 µs, and 9 ns of roundings.
  const BOUND_NS = 1_009n;
  const read = (ns: bigint, vcpu = 0): Story =>
    armed()
      .device(0, 5_000n, 5_000n)
      .at(5_000n + ns)
      .read(vcpu, MONO, 5_000n + ns);

  test('shows in a read of its clock on its vCPU that is later than its device may be', () => {
    expect(judge(read(BOUND_NS))).toBe('holds 1');
    expect(judge(read(BOUND_NS + 1n))).toBe(
      `violated: not called back on vCPU 0 ${BOUND_NS + 1n} ns late`,
    );
    expect(judge(read(10n ** 6n, 1))).toBe('vacuous');
  });

  test('shows in a snapshot', () => {
    const story = armed()
      .device(0, 5_000n, 5_000n)
      .at(10n ** 6n);
    expect(judge(story.snapshot(0, { monotonicNs: 10n ** 6n }))).toMatch('not called back');
  });

  test('is legal while interrupts are held', () => {
    const held = armed().device(0, 5_000n, 5_000n).at(4_000n).hold(0);
    expect(judge(held.at(10n ** 6n).read(0, MONO, 10n ** 6n))).toBe('holds 1');
  });

  test('is what a handler left behind it', () => {
    const handler = (comparedNs: bigint): Story =>
      armed().device(0, 5_000n).interrupt(0, { comparedNs, expired: 1, programmedNs: 1_000n });
    expect(judge(handler(4_999n))).toBe('vacuous');
    expect(judge(handler(5_000n))).toBe('violated: left by a handler that saw 5000 ns on vCPU 0');
  });

  test('is not shown by REALTIME, which does not foresee a leap second, but by its timer base', () => {
    const wall = (via: 'syscall' | 'timer-base'): Story =>
      new Story()
        .boot()
        .arm(0, 3, 'CLOCK_REALTIME', 5_000n)
        .device(0, 5_000n, 5_000n)
        .at(10n ** 6n)
        .read(0, 'CLOCK_REALTIME', 10n ** 6n, null, via);
    expect(judge(wall('syscall'))).toBe('vacuous');
    expect(judge(wall('timer-base'))).toMatch('not called back');
  });
});
