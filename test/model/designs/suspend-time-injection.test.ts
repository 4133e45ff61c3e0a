import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/contract/schedule.js';
import { elapse, HOST, hold, MS, played, SEC, sample, V0, V1 } from './around.js';

/** The list of a wake: the page, then for each vCPU what is taken out, its interrupt, and its entry. */
const FIRST_RUNS = 4;

function sleep(wakesAfterNs: bigint, stopAfter?: number): Command {
  const command = { kind: 'host-suspend', actor: HOST, wakesAfterNs } as const;
  return stopAfter === undefined ? command : { ...command, stopAfter };
}

const DESIGN = 'suspend-time-injection';

describe('a sleep of the host', () => {
  test('is left out of MONOTONIC, and put into BOOTTIME and REALTIME', () => {
    const { monotonicNs, boottimeNs, realtimeNs } = played(DESIGN, [
      elapse(5n * SEC),
      sleep(60n * SEC),
      sample(V1),
    ]).sample(0);
    expect(monotonicNs).toBe(5n * SEC);
    expect(boottimeNs).toBe(65n * SEC);
    expect(realtimeNs).toBe((1_700_002_800n + 65n) * SEC);
  });

  test('clears the state of NTP and wakes watchers, once for all vCPUs', () => {
    const poll = { kind: 'daemon-poll', actor: { vm: 0, task: 'daemon' }, on: 0 } as const;
    const [before, after] = played(DESIGN, [poll, sleep(60n * SEC), poll]).of('daemon-polled');
    expect(after?.signs.unsync).toBe(1n);
    expect(after?.signs['cancel-on-set']).toBe((before?.signs['cancel-on-set'] ?? 0n) + 1n);
  });

  test('leaves both alone where the handler is silent', () => {
    const poll = { kind: 'daemon-poll', actor: { vm: 0, task: 'daemon' }, on: 0 } as const;
    const { events } = played(`${DESIGN}-silent`, [poll, sleep(60n * SEC), poll]);
    const polls = events.flatMap((event) => (event.kind === 'daemon-polled' ? [event.signs] : []));
    expect(polls[1]).toEqual({ ...polls[0], unsync: 0n });
  });

  test('is not in BOOTTIME yet for who reads with interrupts off', () => {
    const both = played(DESIGN, [
      hold(V0, 10n),
      hold(V1, 10n),
      sleep(60n * SEC),
      sample(V0),
      elapse(20n),
      sample(V0),
    ]);
    expect(both.sample(0).boottimeNs).toBe(0n);
    expect(both.sample(1).boottimeNs).toBe(60n * SEC + 20n);
  });

  test('counts once where the next one comes before every vCPU has entered', () => {
    const run = played(DESIGN, [
      sleep(10n * SEC, FIRST_RUNS),
      sleep(10n * SEC, FIRST_RUNS),
      sleep(10n * SEC),
      sample(V0),
      sample(V1),
    ]);
    for (const at of [0, 1]) {
      expect(run.sample(at).monotonicNs).toBe(0n);
      expect(run.sample(at).boottimeNs).toBe(30n * SEC);
    }
  });

  test('counts nothing where it is called off', () => {
    const run = played(DESIGN, [elapse(5n), sleep(0n), sample(V0)]);
    expect(run.sample(0).boottimeNs).toBe(5n);
    expect(run.of('stopped-time-read').map(({ totalNs }) => totalNs)).toEqual([0n, 0n]);
  });
});

// virtualization.md, section 9, defect (i).
test('two sleeps of 1.6 ms leave a millisecond between the TSCs where one vCPU slept through both', () => {
  const run = played(`${DESIGN}-truncated`, [
    sleep((16n * MS) / 10n, FIRST_RUNS),
    sleep((16n * MS) / 10n),
  ]);
  const taken = new Map<number, bigint>();
  for (const { actor, offset } of run.of('counter-seen')) {
    taken.set(actor.vcpu, BigInt.asIntN(64, -offset));
  }
  // 2 GHz: two whole milliseconds, and three.
  expect(taken.get(0)).toBe(4_000_000n);
  expect(taken.get(1)).toBe(6_000_000n);
});

// Section 9, defect (iii).
test('who asks after the host has slept for an hour loses 3610 s to a sleep of ten', () => {
  const run = played(`${DESIGN}-late-enable`, [elapse(SEC), sleep(10n * SEC), sample(V0)]);
  const written = run.of('counter-seen').filter(({ because }) => because === 'host-write');
  expect(written.map(({ offset }) => BigInt.asIntN(64, -offset) / 2_000_000_000n)).toEqual([
    3_610n,
    3_610n,
  ]);
  expect(run.of('stopped-time-read')[0]?.totalNs).toBe(3_610n * SEC);
  // The hour is in BOOTTIME, though nobody slept through it since the boot.
  expect(run.sample(0).boottimeNs - run.sample(0).monotonicNs).toBe(3_610n * SEC);
});
