import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/contract/schedule.js';
import { elapse, hold, PAUSE, played, RESUME, SEC, sample, V0, V1, VMM } from './around.js';

const DESIGN = 'cooperative-freeze';
const MOVE: Command = { kind: 'vm-migrate', actor: VMM, to: 1 };
const ASK: Command = { kind: 'vm-pause', actor: VMM, stopAfter: 1 };
const POLL: Command = { kind: 'daemon-poll', actor: { vm: 0, task: 'daemon' }, on: 0 };

describe('a guest that freezes', () => {
  test('is told how long it was, and leaves it out of MONOTONIC alone', () => {
    const run = played(DESIGN, [elapse(SEC), PAUSE, elapse(60n * SEC), MOVE, RESUME, sample(V1)]);
    const { monotonicNs, boottimeNs, realtimeNs } = run.sample(0);
    expect(monotonicNs).toBe(SEC);
    expect(boottimeNs).toBe(61n * SEC);
    expect(realtimeNs).toBe((1_700_002_800n + 61n) * SEC);
    expect(run.of('stopped-time-read')[0]?.totalNs).toBe(60n * SEC);
  });

  test('acknowledges once, however often it is asked', () => {
    const run = played(DESIGN, [ASK, ASK, PAUSE, elapse(SEC), RESUME]);
    expect(run.of('freeze-requested')).toHaveLength(3);
    expect(run.of('freeze-acknowledged')).toHaveLength(1);
    expect(run.of('guest-suspended')).toHaveLength(1);
  });

  test('acknowledges when its interrupts are on again, which may be in time', () => {
    const run = played(DESIGN, [hold(V1, 10n), ASK, elapse(20n), PAUSE, elapse(SEC), RESUME]);
    expect(run.of('freeze-acknowledged').map(({ latestNs }) => latestNs)).toEqual([10n]);
    expect(run.of('vcpu-stopped')).toHaveLength(2);
  });

  test('is not stopped where it has not acknowledged, and need not freeze any more', () => {
    const run = played(DESIGN, [hold(V1, 10n), PAUSE, elapse(20n), sample(V0)]);
    expect(run.of('freeze-aborted')).toHaveLength(1);
    expect(run.of('freeze-acknowledged')).toEqual([]);
    expect(run.of('vcpu-stopped')).toEqual([]);
    expect(run.sample(0).monotonicNs).toBe(20n);
  });

  test('sleeps for as long as it takes until it is called off', () => {
    const run = played(DESIGN, [ASK, elapse(1_000n), RESUME, sample(V0)]);
    expect(run.of('vcpu-stopped')).toEqual([]);
    expect(run.sample(0).monotonicNs).toBe(0n);
    expect(run.sample(0).boottimeNs).toBe(1_000n);
  });

  test('has injected nothing where it is called off before it froze', () => {
    const run = played(DESIGN, [hold(V1, 10n), ASK, RESUME, elapse(20n), sample(V0)]);
    expect(run.of('guest-suspended')).toEqual([]);
    expect(run.sample(0).monotonicNs).toBe(20n);
    expect(run.sample(0).boottimeNs).toBe(20n);
  });
});

test('a host that does not wait stops a guest whose TSC goes on', () => {
  const run = played(`${DESIGN}-timeout-ignored`, [
    sample(V0),
    PAUSE,
    elapse(60n * SEC),
    RESUME,
    sample(V0),
  ]);
  expect(run.of('freeze-acknowledged')).toEqual([]);
  expect(run.sample(1).monotonicNs - run.sample(0).monotonicNs).toBe(60n * SEC);
});

// designs.md, D6, break 2: the nonstop counter shadows the persistent clock.
test('a counter that was restored 5 us ahead is all that the guest injects', () => {
  const run = played(`${DESIGN}-counter-first`, [PAUSE, elapse(60n * SEC), RESUME, sample(V0)]);
  expect(run.sample(0).boottimeNs - run.sample(0).monotonicNs).toBe(5_000n);
});

// Break 3.
test('a guest that resumes by its persistent clock is right, and NTP thinks it has never been away', () => {
  const run = played(`${DESIGN}-ntp-kept`, [
    POLL,
    PAUSE,
    elapse(60n * SEC),
    MOVE,
    RESUME,
    sample(V0),
    POLL,
  ]);
  expect(run.sample(0).boottimeNs).toBe(60n * SEC);
  const [, after] = run.of('daemon-polled');
  expect(after?.signs.unsync).toBe(0n);
});
