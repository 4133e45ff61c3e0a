import { describe, expect, test } from 'vitest';
import { earlyInterruptIsReprogrammed } from '../../src/properties/early-interrupt-is-reprogrammed.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(earlyInterruptIsReprogrammed, setup, story.events));
}

const armed = (expiresNs = 50_000n): Story =>
  new Story().boot().arm(0, 3, 'CLOCK_MONOTONIC', expiresNs);

describe('early-interrupt-is-reprogrammed', () => {
  test('the device is programmed for what is left at the most', () => {
    const early = { comparedNs: 30_000n };
    expect(judge(armed().interrupt(0, { ...early, programmedNs: 20_000n }))).toBe('holds 1');
    expect(judge(armed().interrupt(0, { ...early, programmedNs: 5_000n }))).toBe('holds 1');
    expect(judge(armed().interrupt(0, { ...early, programmedNs: 20_001n }))).toBe(
      'violated: 20001 ns were programmed on vCPU 0',
    );
    expect(judge(armed().interrupt(0, early))).toBe('violated: nothing was programmed on vCPU 0');
  });

  test('or for its shortest delta', () => {
    const early = { comparedNs: 49_990n };
    expect(judge(armed().interrupt(0, { ...early, programmedNs: 1_000n }))).toBe('holds 1');
    expect(judge(armed().interrupt(0, { ...early, programmedNs: 1_001n }))).toMatch('violated');
    const clockevent = { ratePpb: 0n, minDeltaNs: 100_000n, maxDeltaNs: 10n ** 9n };
    const slow = armed().interrupt(0, { ...early, programmedNs: 100_000n });
    expect(judge(slow, { clockevent })).toBe('holds 1');
  });

  test('after a third round in vain for 100 ms', () => {
    const hung = { comparedNs: 30_000n, hung: true, rounds: 3 };
    expect(judge(armed().interrupt(0, { ...hung, programmedNs: 100_000_000n }))).toBe('holds 1');
    expect(judge(armed().interrupt(0, { ...hung, programmedNs: 100_000_001n }))).toMatch(
      'violated',
    );
  });

  test('a RAW timer has left what it was mapped to', () => {
    const raw = (): Story =>
      new Story().boot().arm(0, 3, 'CLOCK_MONOTONIC_RAW', 50_000n).map(0, 3, 40_000n);
    const early = { comparedNs: 30_000n };
    expect(judge(raw().interrupt(0, { ...early, programmedNs: 10_000n }))).toBe('holds 1');
    expect(judge(raw().interrupt(0, { ...early, programmedNs: 10_001n }))).toMatch('violated');
  });

  test('of REALTIME it is not known what is left: something is programmed', () => {
    const wall = (): Story => new Story().boot().arm(0, 3, 'CLOCK_REALTIME', 50_000n);
    expect(judge(wall().interrupt(0, { programmedNs: 10n ** 9n }))).toBe('holds 1');
    expect(judge(wall().interrupt(0, {}))).toMatch('nothing was programmed');
  });

  test('is vacuous where something had expired, or nothing is queued', () => {
    expect(judge(armed().interrupt(0, { expired: 1 }))).toBe('vacuous');
    expect(judge(new Story().boot().interrupt(0, { pending: 0 }))).toBe('vacuous');
  });
});
