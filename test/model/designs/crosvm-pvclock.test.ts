import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../src/contract/machine.js';
import type { Command } from '../../../src/contract/schedule.js';
import { elapse, PAUSE, played, RESUME, SEC, sample, V0, V1, VMM } from './around.js';

const WORK: Command = { kind: 'run-deferred', actor: V0 };

function onHostOf(counterHz: bigint): (machine: Machine) => Machine {
  return (machine) => ({
    ...machine,
    hosts: machine.hosts.map((host) => ({ ...host, counterHz, counterBoot: 0n })),
  });
}

// virtualization.md, section 9.
describe.each([
  [2_400_000_000n, 24.4],
  [3_000_000_000n, 15.3],
  [2_100_000_000n, 19.8],
  [2_000_000_000n, 0],
])('a guest on a TSC of %d Hz', (hz, ppm) => {
  test(`is ${ppm} ppm slow, with stops and without`, () => {
    const run = played(
      'crosvm-pvclock',
      [elapse(10_000n * SEC), sample(V0), PAUSE, elapse(500n * SEC), RESUME, WORK, sample(V1)],
      onHostOf(hz),
    );
    const slowPpm = Number(10_000n * SEC - run.sample(0).monotonicNs) / 1e7;
    expect(slowPpm).toBeCloseTo(ppm, 1);
    // The stop is not in MONOTONIC, and in BOOTTIME to the nanosecond: the device measures true time.
    expect(run.sample(1).monotonicNs).toBe(run.sample(0).monotonicNs);
    expect(run.sample(1).boottimeNs - run.sample(1).monotonicNs).toBe(500n * SEC);
  });
});

test('BOOTTIME waits for the work item that the interrupt has queued', () => {
  const run = played('crosvm-pvclock', [
    PAUSE,
    elapse(60n * SEC),
    RESUME,
    sample(V1),
    WORK,
    sample(V1),
  ]);
  expect(run.sample(0).boottimeNs).toBe(0n);
  expect(run.sample(1).boottimeNs).toBe(60n * SEC);
});

test('a device that is suspended before the vCPUs takes back what they read until they stop', () => {
  const run = played('crosvm-pvclock-unordered', [
    { kind: 'vm-pause', actor: VMM, stopAfter: 1 },
    elapse(1_000n),
    sample(V0),
    { kind: 'continue', actor: VMM },
    RESUME,
    sample(V0),
  ]);
  expect(run.sample(0).monotonicNs).toBe(1_000n);
  expect(run.sample(1).monotonicNs).toBe(0n);
});

test('one that is resumed after the vCPUs lets them see the stop', () => {
  const run = played('crosvm-pvclock-unordered', [
    PAUSE,
    elapse(60n * SEC),
    { kind: 'vm-resume', actor: VMM, stopAfter: 2 },
    sample(V0),
    { kind: 'continue', actor: VMM },
    sample(V0),
  ]);
  expect(run.sample(0).monotonicNs).toBe(60n * SEC);
  expect(run.sample(1).monotonicNs).toBe(0n);
});
