import type { Distance, KnownLimit, Property } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { SyncSubject } from '../contract/subject.js';
import { Prng } from '../math/prng.js';
import { Judge } from './judge.js';
import { premisesOf } from './search.js';

/** Between two looks at the clock. */
const RUNS_PER_BLOCK = 100;
/** One run in so many is drawn, as is the first part of all: the rest are mutants. */
const DRAWN_ONE_IN = 4;
const DRAWN_PART = 4;
/** The mutants of one half have a parent of this many that are nearest their bounds. */
const NEAREST = 8;

/** A schedule, and the nearest that it came to the law's bound. */
export interface Near extends Distance {
  readonly schedule: Schedule;
}

/** A search for what comes nearest to a bound; a mark says where shortening is. */
export interface Aim<Mark> {
  readonly subject: SyncSubject;
  readonly property: Property;
  readonly strict: ReadonlySet<KnownLimit>;
  readonly seed: number;
  /** Schedules played to find; as many again at most to shorten what was found. */
  readonly runs: number;
  draw(run: number): Schedule;
  mutate(schedule: Schedule, prng: Prng): Schedule;
  /** Shorter and plainer schedules, and where to go on from one that will do. */
  candidates(
    schedule: Schedule,
    mark?: Mark,
  ): Iterable<{ readonly schedule: Schedule; readonly mark: Mark }>;
  readonly isOver: () => boolean;
  readonly onProgress: (runs: number, commandsExecuted: number) => void;
}

export interface Nearest {
  /** The nearest of each kind, by the magnitude of their bounds. */
  readonly front: readonly Near[];
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly cut: boolean;
}

/**
 * Keeps a front, not one best: for each magnitude of the bound and shape of schedule what came
 * nearest, as the way to a large bound leads through schedules that are far from it, and a bound of
 * a few ns, which rounding fills, would hide all others.
 */
export async function nearest<Mark>(aim: Aim<Mark>): Promise<Nearest> {
  const front = new Map<string, Near>();
  let runs = 0;
  let commandsExecuted = 0;
  let cut = false;
  const play = (schedule: Schedule): Near | undefined => {
    commandsExecuted += schedule.commands.length;
    return measured(aim, schedule);
  };
  while (runs < aim.runs) {
    if (runs % RUNS_PER_BLOCK === 0) {
      aim.onProgress(runs, commandsExecuted);
      cut = aim.isOver();
      if (cut) break;
      await turn();
    }
    const near = play(next(aim, runs, front));
    if (near !== undefined) keep(front, near);
    runs++;
  }
  const found = ofEachMagnitude(front);
  const best = found.reduce<Near | undefined>(
    (most, each) => (most === undefined || isNearer(each, most) ? each : most),
    undefined,
  );
  // Only the one that is shown first is worth the time.
  const shorter = best === undefined || cut ? best : shortened(aim, best, play);
  const shown = found.map((near) => (near === best && shorter !== undefined ? shorter : near));
  return {
    front: shown.sort((a, b) => (isNearer(b, a) ? 1 : isNearer(a, b) ? -1 : 0)),
    runs,
    commandsExecuted,
    cut,
  };
}

/** Lets signals in. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function next<Mark>(aim: Aim<Mark>, run: number, front: ReadonlyMap<string, Near>): Schedule {
  // A stream of its own, beside the one of the run's draw.
  const prng = new Prng(aim.seed ^ 0x5bd1e995, run);
  const isDrawn = run < aim.runs / DRAWN_PART || prng.oneIn(DRAWN_ONE_IN);
  if (isDrawn || front.size === 0) return aim.draw(run);
  const all = [...front.values()];
  const likely = prng.oneIn(2)
    ? all
    : all.sort((a, b) => (isNearer(a, b) ? -1 : isNearer(b, a) ? 1 : 0)).slice(0, NEAREST);
  const parent = likely[prng.below(likely.length)];
  return parent === undefined ? aim.draw(run) : aim.mutate(parent.schedule, prng);
}

/** What a schedule shows of the law's bound; undefined: nothing. */
function measured<Mark>(
  { subject, property, strict }: Aim<Mark>,
  schedule: Schedule,
): Near | undefined {
  let near: Distance | undefined;
  const onDistance = (distance: Distance): void => {
    if (near === undefined || isNearer(distance, near)) near = distance;
  };
  const judge = new Judge([property], { ...premisesOf(schedule, strict), onDistance });
  subject.run(schedule, judge.observe);
  judge.verdicts();
  return near === undefined ? undefined : { ...(near as Distance), schedule };
}

function keep(front: Map<string, Near>, near: Near): void {
  const { commands } = near.schedule;
  const shape = `${magnitudeOf(near)} ${commands.length.toString(2).length} ${new Set(commands.map(({ kind }) => kind)).size}`;
  const known = front.get(shape);
  if (known === undefined || isNearer(near, known)) front.set(shape, near);
}

function ofEachMagnitude(front: ReadonlyMap<string, Near>): Near[] {
  const best = new Map<number, Near>();
  for (const near of front.values()) {
    const known = best.get(magnitudeOf(near));
    if (known === undefined || isNearer(near, known)) best.set(magnitudeOf(near), near);
  }
  return [...best.values()];
}

/** Digits of the bound. */
function magnitudeOf({ bound }: Distance): number {
  return bound.toString().length;
}

/**
 * By ratio, exactly; of equal ones the one with the larger bound. A bound of 0 is reached by nothing,
 * and passed by all else.
 */
function isNearer(a: Distance, b: Distance): boolean {
  const left = a.value * b.bound;
  const right = b.value * a.bound;
  return left === right ? a.bound > b.bound : left > right;
}

/** The same nearness in fewer commands and plainer numbers, with a bound of the same magnitude. */
function shortened<Mark>(
  aim: Aim<Mark>,
  best: Near,
  play: (schedule: Schedule) => Near | undefined,
): Near {
  let shortest = best;
  let tries = aim.candidates(best.schedule)[Symbol.iterator]();
  for (let left = aim.runs; left > 0 && !aim.isOver(); left--) {
    const tried = tries.next();
    if (tried.done === true) break;
    const near = play(tried.value.schedule);
    if (near === undefined || magnitudeOf(near) < magnitudeOf(best)) continue;
    if (near.value * best.bound < best.value * near.bound) continue;
    shortest = near;
    tries = aim.candidates(near.schedule, tried.value.mark)[Symbol.iterator]();
  }
  return shortest;
}
