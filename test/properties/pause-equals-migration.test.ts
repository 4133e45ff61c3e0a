import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { Machine } from '../../src/contract/machine.js';
import type { Command, Schedule } from '../../src/contract/schedule.js';
import { referenceGuest } from '../../src/model/reference.js';
import { pauseEqualsMigration as pair } from '../../src/properties/pause-equals-migration.js';
import { comparedWith } from '../../src/runner/pair.js';
import { judgeEvents } from '../../src/runner/play.js';
import { elapse, eventsOf, machine, schedule, VCPU0, VMM } from '../schedules.js';
import { HostStory } from './host-events.js';
import { premisesOf, type Setup } from './premises.js';

const SEC = 1_000_000_000n;
const HOST = { counterHz: SEC, counterBoot: 0n };

function compare(first: HostStory, second: HostStory, setup: Setup = {}): string {
  const { machine: plain } = premisesOf({ vcpus: 2, ...setup });
  const played: Schedule = { machine: { ...plain, hosts: [HOST, HOST] }, commands: [] };
  const finding = pair.compare(first.events, second.events, played);
  return typeof finding === 'object' ? finding.observed : (finding ?? 'vacuous');
}

/** Stopped for a minute, and a second after it. */
const paused = (): HostStory =>
  new HostStory()
    .boot(2)
    .at(SEC)
    .stop(0, 1)
    .at(61n * SEC)
    .start(0, 1)
    .at(62n * SEC);
const moved = (): HostStory =>
  new HostStory()
    .boot(2)
    .at(SEC)
    .stop(0, 1)
    .at(61n * SEC)
    .migrate()
    .start(0, 1)
    .at(62n * SEC);

describe('pause-equals-migration, the two runs', () => {
  const pause: Command = { kind: 'vm-pause', actor: VMM };
  const resume: Command = { kind: 'vm-resume', actor: VMM };
  const migrate = (to: number): Command => ({ kind: 'vm-migrate', actor: VMM, to });
  const two = machine('counters-stop', { hosts: [HOST, HOST] });
  const second = (commands: readonly Command[], on: Machine = two) =>
    pair.runs({ machine: on, commands })[1].commands;

  test('a pause ends on the other host, and the next one on the first again', () => {
    expect(second([pause, elapse(5n), resume, pause, resume])).toEqual([
      ...[pause, elapse(5n), migrate(1), resume],
      ...[pause, migrate(0), resume],
    ]);
  });

  test('other stops stay what they are, and so does a resume that is stopped itself', () => {
    const kept: readonly Command[] = [
      resume,
      pause,
      { kind: 'vm-save', actor: VMM, snapshot: 0 },
      resume,
      pause,
      { ...resume, stopAfter: 1 },
    ];
    expect(second(kept)).toEqual(kept);
    expect(second([migrate(1), pause, resume])).toEqual([migrate(1), pause, migrate(0), resume]);
  });

  test('without another host there is nothing to compare', () => {
    expect(second([pause, resume], machine('counters-stop'))).toEqual([]);
  });
});

describe('pause-equals-migration', () => {
  test('reads agree, each clock by its eps', () => {
    const read = (ns: bigint, setup: Setup = {}) =>
      compare(paused().monotonic(0, 2n * SEC), moved().monotonic(0, ns), setup);
    // q is 2 ns, s is 1 ns.
    expect(read(2n * SEC + 3n)).toBe('held');
    expect(read(2n * SEC - 3n)).toBe('held');
    expect(read(2n * SEC + 4n)).toBe('2000000004 ns after a migration: 4 ns off');
    expect(read(62n * SEC)).toMatch('60000000000 ns off');
    const boottime = (ns: bigint) => compare(paused().boottime(0, 0n), moved().boottime(0, ns));
    expect(boottime(4n)).toBe('held');
    expect(boottime(5n)).toMatch('5 ns off');
  });

  test('a clock may be off by what its hosts, and its counter, are declared to be', () => {
    const real = (ns: bigint, declared: Setup['declared'] = {}) =>
      compare(paused().read(0, 'CLOCK_REALTIME', 0n), moved().read(0, 'CLOCK_REALTIME', ns), {
        declared,
      });
    expect(real(4n)).toBe('held');
    expect(real(5n)).toMatch('5 ns off');
    expect(real(2_004n, { realtimeNs: 1_000n })).toBe('held');
    expect(real(2_005n, { realtimeNs: 1_000n })).toMatch('off');
    // 1 ppm of the 61 s since the stop twice, of the 60 s of the stop for BOOTTIME and for REALTIME.
    expect(real(122_000n + 120_000n + 4n, { counterPpb: 1_000n })).toBe('held');
    expect(real(122_000n + 120_000n + 5n, { counterPpb: 1_000n })).toMatch('off');
    expect(real(SEC, { counterPpb: null })).toBe('vacuous');
  });

  test('of a snapshot every clock', () => {
    const shown = (taiNs: bigint) =>
      compare(paused().snapshot(0, { taiNs: 0n }), moved().snapshot(0, { taiNs }));
    expect(shown(4n)).toBe('held');
    expect(shown(5n)).toBe('5 ns after a migration: 5 ns off');
  });

  test('the same signs, and the same verdicts of watchdogs', () => {
    const signed = (marker: bigint) =>
      compare(
        paused().stampTime('timestamp-used', { marker: 1n }),
        moved().stampTime('timestamp-used', { marker }),
      );
    expect(signed(1n)).toBe('held');
    expect(signed(2n)).toBe('2 after a migration');
    expect(compare(paused().check(false), moved().check(false))).toBe('held');
    expect(compare(paused().check(false), moved().check(true))).toBe('it fires after a migration');
  });

  test('the same timers in the same order', () => {
    const fired = (story: HostStory, ...timers: readonly number[]) => {
      for (const timer of timers) story.fire(0, timer, 'CLOCK_MONOTONIC', 0n);
      return story.monotonic(0, 0n);
    };
    expect(compare(fired(paused(), 1, 2), fired(moved(), 1, 2))).toBe('held');
    expect(compare(fired(paused(), 1, 2), fired(moved(), 2, 1))).toBe(
      'timer 2 on vCPU 0 after a migration',
    );
    expect(compare(fired(paused(), 1), fired(moved(), 1, 2))).toBe('held');
  });

  test('is vacuous before a stop, where nothing moved, and without what was declared', () => {
    expect(compare(paused().monotonic(0, 0n), paused().monotonic(0, SEC))).toBe('vacuous');
    const early = (ns: bigint) => new HostStory().boot(2).monotonic(0, ns).at(SEC).stop(0, 1);
    expect(compare(early(0n), early(SEC).migrate())).toBe('vacuous');
    const one: readonly Event[] = moved().monotonic(0, 0n).events;
    expect(pair.compare(one, one)).toBeUndefined();
    expect(compare(paused().monotonic(1, 0n), moved().monotonic(0, SEC))).toBe('vacuous');
  });

  test('by designs: counters that stop are the same anywhere, counters that run on are not', () => {
    const commands: readonly Command[] = [
      elapse(SEC),
      { kind: 'vm-pause', actor: VMM },
      elapse(60n * SEC),
      { kind: 'vm-resume', actor: VMM },
      { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    ];
    const verdict = (design: string) => {
      const hosts = [HOST, { ...HOST, counterBoot: 5n * SEC }];
      const played = schedule(commands, machine(design, { hosts }));
      const { declared } = played.machine;
      const premises = { machine: played.machine, declared, strict: new Set<never>() };
      const law = comparedWith(referenceGuest(), pair);
      const events = eventsOf(referenceGuest(), played);
      return judgeEvents(events, [law], { ...premises, schedule: played })[0]?.kind;
    };
    expect(verdict('counters-stop')).toBe('holds');
    expect(verdict('cooperative-freeze')).toBe('holds');
    expect(verdict('counters-run-on')).toBe('violated');
  });
});
