import { describe, expect, test } from 'vitest';
import { PLAIN_SCENE } from '../../src/contract/catalogue.js';
import type { Command } from '../../src/contract/schedule.js';
import { draw } from '../../src/generators/draw.js';
import { sceneMachine } from '../../src/generators/scene.js';
import { countersStop } from '../../src/model/designs/counters-stop.js';

const options = {
  designs: [countersStop],
  maxCommands: 60,
  machine: sceneMachine(countersStop),
  scene: PLAIN_SCENE,
};
const SCHEDULES = Array.from({ length: 500 }, (_, run) => draw(3, run, options).commands);
const ALL = SCHEDULES.flat();

function count(kind: Command['kind']): number {
  return ALL.filter((command) => command.kind === kind).length;
}

describe('schedules around stops', () => {
  test('are the same for the same seed and run, and no longer than asked', () => {
    expect(draw(3, 7, options).commands).toEqual(SCHEDULES[7]);
    expect(Math.max(...SCHEDULES.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  test('stop for as long as the scene says', () => {
    const stops = ALL.filter((each) => each.kind === 'elapse' && each.ns === 60_000_000_000n);
    expect(stops.length).toBeGreaterThan(300);
  });

  test('read between two steps of the host, on both vCPUs', () => {
    const reads = SCHEDULES.flatMap((commands) =>
      commands.filter((command, at) => {
        const before = commands[at - 1];
        return command.kind === 'read' && before?.kind === 'vm-resume' && before.stopAfter;
      }),
    );
    const vcpus = new Set(
      reads.flatMap((read) =>
        read.kind === 'read' && 'vcpu' in read.actor ? [read.actor.vcpu] : [],
      ),
    );
    expect(reads.length).toBeGreaterThan(40);
    expect(vcpus).toEqual(new Set([0, 1]));
  });

  test('have tasks, watchdogs, timers and held interrupts in some runs', () => {
    const kinds = ['daemon-poll', 'use-timestamp', 'check-watchdog', 'hold-interrupts'] as const;
    for (const kind of kinds) expect(count(kind)).toBeGreaterThan(50);
    expect(ALL.some((each) => each.kind === 'arm' && each.stopInCallback === true)).toBe(true);
  });

  test('read only the page where that is all that the guest has', () => {
    const scene = { ...PLAIN_SCENE, reads: 'page', hasTimers: false } as const;
    const page = Array.from({ length: 200 }, (_, run) => draw(3, run, { ...options, scene }));
    const commands = page.flatMap((schedule) => schedule.commands);
    const reads = commands.filter((each) => each.kind === 'read');
    expect(reads.every((each) => each.kind === 'read' && each.via === 'page')).toBe(true);
    expect(commands.some((each) => each.kind === 'arm' || each.kind === 'snapshot')).toBe(false);
  });
});

describe('sleeps of a host', () => {
  const scene = {
    ...PLAIN_SCENE,
    stop: 'host-suspend',
    stoppedNs: { least: 100_000n, most: 60_000_000_000n },
  } as const;
  const runs = Array.from({ length: 500 }, (_, run) => draw(3, run, { ...options, scene }));
  const sleeps = runs.map(({ commands }) =>
    commands.flatMap((each) => (each.kind === 'host-suspend' ? [each] : [])),
  );

  test('are as many as the scene has stops, some before every vCPU has entered', () => {
    expect(Math.max(...sleeps.map(({ length }) => length))).toBe(scene.stopsAtMost);
    const cut = runs.filter(({ commands }) =>
      commands.some((each, at) => {
        const next = commands[at + 1];
        return each.kind === 'host-suspend' && each.stopAfter && next?.kind === 'host-suspend';
      }),
    );
    expect(cut.length).toBeGreaterThan(25);
  });

  test('are called off one time in eight, and often last less than two milliseconds', () => {
    const all = sleeps.flat();
    const off = all.filter(({ wakesAfterNs }) => wakesAfterNs === 0n);
    expect(off.length / all.length).toBeGreaterThan(0.08);
    expect(off.length / all.length).toBeLessThan(0.18);
    const short = all.filter(
      ({ wakesAfterNs = 0n }) => wakesAfterNs > 0n && wakesAfterNs < 2_100_000n,
    );
    expect(short.length / all.length).toBeGreaterThan(0.3);
  });
});

test('a VMM that may call a stop off asks twice in some runs, and calls it off in some', () => {
  const scene = { ...PLAIN_SCENE, callsOff: true };
  const runs = Array.from({ length: 500 }, (_, run) => draw(3, run, { ...options, scene }));
  const follows = (kind: Command['kind']) =>
    runs.filter(({ commands }) =>
      commands.some((each, at) => {
        const next = [commands[at + 1], commands[at + 2]].find((after) => after?.kind === kind);
        return each.kind === 'vm-pause' && each.stopAfter !== undefined && next !== undefined;
      }),
    ).length;
  expect(follows('vm-pause')).toBeGreaterThan(25);
  expect(follows('vm-resume')).toBeGreaterThan(25);
});
