import type { Property } from '../../src/contract/property.js';
import type { Schedule } from '../../src/contract/schedule.js';
import type { AsyncSubject, SyncSubject } from '../../src/contract/subject.js';
import { draw } from '../../src/generators/draw.js';
import { neighbours, roundable, rounder } from '../../src/generators/neighbours.js';
import { schedulesOfRuns } from '../../src/generators/schedules.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import type { Drawing, Plan } from '../../src/runner/plan.js';

const source = { title: 'this test', url: 'https://example.org/' };

/** A clock of its own: it counts the elapsed time of a schedule, and loses a nanosecond past `limitNs`. */
export function toyClock(limitNs: bigint): SyncSubject {
  return { mode: 'sync', name: 'toy', run: (schedule, emit) => playToy(schedule, limitNs, emit) };
}

export function asyncToyClock(limitNs: bigint): AsyncSubject {
  return {
    mode: 'async',
    name: 'toy-async',
    async run(schedule, emit) {
      await Promise.resolve();
      playToy(schedule, limitNs, emit);
    },
    async close() {},
  };
}

function playToy({ commands }: Schedule, limitNs: bigint, emit: Parameters<SyncSubject['run']>[1]) {
  let nowNs = 0n;
  for (const command of commands) {
    if (command.kind === 'elapse') nowNs += command.ns;
    if (command.kind !== 'read') continue;
    emit({
      kind: 'clock-read',
      actor: command.actor,
      incarnation: 0,
      earliestNs: nowNs,
      latestNs: nowNs,
      clock: command.clock,
      via: command.via,
      ns: nowNs >= limitNs ? nowNs - 1n : nowNs,
      counter: null,
    });
  }
}

/** What the toy clock breaks: it shows the true time. */
export const showsTrueTime: Property = {
  name: 'shows-true-time',
  statement: 'A read shows the time that has elapsed.',
  source,
  monitor: () => ({
    'clock-read'(read) {
      if (read.ns === read.earliestNs) return 'held';
      return { expected: `${read.earliestNs} ns`, observed: `${read.ns} ns`, evidence: [read] };
    },
  }),
};

/** Nothing in a toy run puts it to the test. */
export const neverTested: Property = {
  name: 'never-tested',
  statement: 'Timers are not early.',
  source,
  monitor: () => ({ 'timer-fired': () => 'held' }),
};

const drawingOptions = { designs: DESIGNS, maxCommands: 60 };

export function toyPlan(change: Partial<Plan> = {}): Plan {
  const seed = change.seed ?? 11;
  const drawing: Drawing = {
    at: (run) => draw(seed, run, drawingOptions),
    runs: (first, step) => schedulesOfRuns(seed, drawingOptions, first, step),
    neighbours,
    roundable,
    rounder,
  };
  return {
    subject: toyClock(1_000_000n),
    faults: [],
    design: null,
    properties: [showsTrueTime, neverTested],
    strict: new Set(),
    drawing,
    seed,
    runs: 500,
    first: 0,
    step: 1,
    until: null,
    isOver: () => false,
    onProgress: () => undefined,
    ...change,
  };
}
