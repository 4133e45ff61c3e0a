import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readTrace } from '../../src/adapters/trace.js';
import type { Event, EventOf } from '../../src/contract/event.js';
import type { Machine } from '../../src/contract/machine.js';
import type { Command } from '../../src/contract/schedule.js';
import type { Ns } from '../../src/contract/units.js';
import { CLOCKSOURCES, plainMachine } from '../../src/generators/machine.js';
import { referenceGuest } from '../../src/model/reference.js';
import { designNamed, eventsOf, VCPU0 } from '../schedules.js';

const directory = fileURLToPath(new URL('../traces/', import.meta.url));
const VMM = { vm: 0, task: 'vmm' } as const;
type Armed = EventOf<'timer-armed'>;

/**
 * What was done to the guest of a recording, as commands for the model: timers armed as far ahead as they
 * were, the stop or the sleep as long as it was.
 */
function replayed(events: readonly Event[], machine: Machine): readonly Command[] {
  const commands: Command[] = [];
  let nowNs: Ns | undefined;
  let bootedAtNs = 0n;
  const at = (event: Event): void => {
    if (nowNs === undefined) bootedAtNs = event.latestNs;
    else if (event.latestNs > nowNs) commands.push({ kind: 'elapse', ns: event.latestNs - nowNs });
    if (nowNs === undefined || event.latestNs > nowNs) nowNs = event.latestNs;
  };
  const reads = new Map<string, EventOf<'clock-read'>>();
  let isStopped = false;
  for (const event of events) {
    switch (event.kind) {
      case 'clock-read':
        reads.set(event.clock, event);
        break;
      case 'timer-armed':
        at(event);
        commands.push(armOf(event, reads, machine, (nowNs ?? 0n) - bootedAtNs));
        break;
      case 'vcpu-stopped':
        if (nowNs === undefined || isStopped) break;
        at(event);
        isStopped = true;
        commands.push({ kind: 'vm-pause', actor: VMM });
        break;
      case 'vcpu-started':
        if (!isStopped) break;
        at(event);
        isStopped = false;
        commands.push({ kind: 'vm-resume', actor: VMM });
        break;
      case 'vm-saved':
        commands.push({ kind: 'vm-save', actor: VMM, snapshot: event.snapshot });
        break;
      case 'vm-restored':
        at(event);
        commands.push({ kind: 'vm-restore', actor: VMM, snapshot: event.snapshot });
        break;
      case 'guest-suspended':
      case 'guest-resumed': {
        at(event);
        const kind = event.kind === 'guest-suspended' ? 'guest-suspend' : 'guest-resume';
        commands.push({ kind, actor: VCPU0 });
        break;
      }
    }
  }
  return [...commands, { kind: 'elapse', ns: 20_000_000_000n }];
}

/** Ahead by what its clock had to go when it was armed, as the last read of that clock tells. */
function armOf(
  armed: Armed,
  reads: ReadonlyMap<string, EventOf<'clock-read'>>,
  machine: Machine,
  sinceBootNs: Ns,
): Command {
  const { timer, clock, expiresNs, slackNs, intervalNs } = armed;
  const read = reads.get(clock);
  if (read === undefined) throw new Error(`nobody read ${clock} before timer ${timer} was armed`);
  const aheadNs = expiresNs - (read.ns + armed.latestNs - read.latestNs);
  const isWall = clock === 'CLOCK_REALTIME';
  const bootNs = machine.epochSec * 1_000_000_000n;
  return {
    kind: 'arm',
    actor: VCPU0,
    timer,
    clock,
    expiresNs: isWall ? bootNs + sinceBootNs + aheadNs : aheadNs,
    relative: !isWall,
    slackNs,
    ...(intervalNs > 0n ? { intervalNs } : {}),
  };
}

/** When each one-shot of each life fired, ns after the stop or the sleep before it ended. */
function firings(events: readonly Event[]): ReadonlyMap<string, Ns> {
  const oneShots = new Set(
    events.flatMap((e) => (e.kind === 'timer-armed' && e.intervalNs === 0n ? [e.timer] : [])),
  );
  const fired = new Map<string, Ns>();
  let wasAway = false;
  let sinceNs: Ns | undefined;
  for (const event of events) {
    if (event.kind === 'vcpu-stopped' || event.kind === 'guest-suspended') wasAway = true;
    else if (event.kind === 'vcpu-started' || event.kind === 'guest-resumed') {
      if (wasAway) sinceNs = event.latestNs;
    } else if (event.kind === 'timer-fired' && oneShots.has(event.timer) && sinceNs !== undefined) {
      const name = `${event.timer} in life ${event.incarnation}`;
      if (!fired.has(name)) fired.set(name, event.latestNs - sinceNs);
    }
  }
  return fired;
}

/** How long the VM was stopped in all, at the most. */
function stoppedNs(events: readonly Event[]): Ns {
  let sum = 0n;
  let sinceNs: Ns | undefined;
  for (const event of events) {
    if (event.kind === 'vcpu-stopped') sinceNs ??= event.earliestNs;
    if (event.kind !== 'vcpu-started' || sinceNs === undefined) continue;
    sum += event.latestNs - sinceNs;
    sinceNs = undefined;
  }
  return sum;
}

// TCG on a busy host is late by tens of ms, and the reads from which expiries are told as much off.
const LATE_NS = 400_000_000n;
const APART_NS = 200_000_000n;

describe('timers armed before a stop fire as those of a real guest did', () => {
  test.each([
    ['01-tcg-tsc-stop5', 'stop of 5 s', 'counters-stop'],
    ['02-tcg-hpet-stop5', 'stop of 5 s, HPET', 'counters-stop'],
    ['03-tcg-tsc-migrate', 'migration', 'counters-stop'],
    ['04-tcg-tsc-migrate-file', 'migration through a file, 5 s', 'counters-stop'],
    // TCG does not take its counter back when it loads a snapshot; it stops it while the VM stands, so that
    // the model, of which it runs on, is ahead by the stops.
    ['05-tcg-tsc-savevm-loadvm', 'a snapshot, loaded twice', 'counters-run-on'],
    ['30-tcg-s3-pc-1cpu-wakeup', 'sleep of 5 s', 'counters-stop'],
    ['31-tcg-nohpet-s3-qemu64-1cpu-wakeup', 'sleep of 5 s, no HPET', 'counters-stop'],
    ['34-tcg-s3-q35bz-2cpu', 'sleep of 5 s, 2 CPUs', 'counters-stop'],
  ])('%s: %s', async (name, _, design) => {
    const trace = await readTrace(`${directory}${name}.jsonl.gz`);
    const recorded = [...trace.events];
    const tsc = CLOCKSOURCES.find((spec) => spec.name === 'tsc');
    const plain = plainMachine(designNamed(design), tsc);
    const machine: Machine = { ...plain, tick: 'clockevent' };
    const commands = replayed(recorded, machine);
    const played = eventsOf(referenceGuest(), { machine, commands });
    const real = firings(recorded);
    const model = firings(played);
    expect(real.size).toBeGreaterThanOrEqual(6);
    expect([...model.keys()].sort()).toEqual([...real.keys()].sort());
    const isSleep = recorded.some(({ kind }) => kind === 'guest-suspended');
    const clocks = new Map(
      recorded.flatMap((e) => (e.kind === 'timer-armed' ? [[e.timer, e.clock] as const] : [])),
    );
    for (const [timer, realNs] of real) {
      const modelNs = model.get(timer) ?? 0n;
      // Clocks that count a sleep are off by the grid of the clock that measured it.
      const isOff = isSleep && clocks.get(Number.parseInt(timer, 10)) !== 'CLOCK_MONOTONIC';
      const lateNs = LATE_NS + (isOff ? trace.machine.declared.rtcResolutionNs : 0n);
      // At its time after the stop, and not by the host's clock, which went on: that would be 5 s less.
      expect(modelNs - realNs).toBeLessThan(lateNs);
      const standsNs = design === 'counters-run-on' ? stoppedNs(recorded) : 0n;
      expect(realNs - modelNs).toBeLessThan(lateNs + standsNs);
      for (const [other, otherNs] of real) {
        if (realNs - otherNs <= APART_NS || isOff) continue;
        expect(modelNs).toBeGreaterThan(model.get(other) ?? 0n);
      }
    }
  });
});
