import type { Scene } from '../contract/catalogue.js';
import type { Machine } from '../contract/machine.js';
import type { CheckOutcome } from '../contract/outcome.js';
import type { KnownLimit, Property } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { Subject } from '../contract/subject.js';
import { type DrawOptions, draw } from '../generators/draw.js';
import { type Neighbour, neighbours, roundable, rounder } from '../generators/neighbours.js';
import { sceneMachine, sceneOf } from '../generators/scene.js';
import { isOnSameMachine, schedulesOfRuns } from '../generators/schedules.js';
import type { Design } from '../model/designs/design.js';
import { referenceGuest } from '../model/reference.js';
import { LAWS } from '../properties/index.js';
import { conclude as concludePlan } from '../runner/check.js';
import { type Drawing, type Found, merge, type Plan } from '../runner/plan.js';
import { search as searchPlan } from '../runner/search.js';
import { designNamed, faultNamed } from './catalogue.js';
import { DEFAULT_DESIGN } from './machine.js';

/** What a search may spend and where it may look. */
export interface SearchOptions {
  /** Repeats a search exactly. An unsigned 32-bit integer. */
  readonly seed: number;
  /** How many schedules are drawn. */
  readonly runs: number;
  /** Longest schedule drawn, in commands. */
  readonly maxCommands: number;
  /** Stops the search after so many seconds; the outcome then says `cut`. */
  readonly timeLimitSec?: number;
  readonly strict?: readonly KnownLimit[];
  /** Called now and then with the runs done so far. */
  readonly onProgress?: (progress: Progress) => void;
  /** Looked at between runs: true ends the search, as a time limit does. */
  readonly interrupted?: () => boolean;
}

export interface Progress {
  readonly runs: number;
  readonly of: number;
  readonly commandsExecuted: number;
  /** Names of the laws that nothing has put to the test yet. */
  readonly vacuous: readonly string[];
}

export interface CheckOptions extends SearchOptions {
  /** Left out: the reference guest with `faults`. */
  readonly subject?: Subject;
  /** A design by name: every machine drawn follows it. Left out: `cooperative-freeze`. */
  readonly design?: string;
  /** Faults by name, injected into the reference guest. */
  readonly faults?: readonly string[];
  /** Left out: all laws. */
  readonly laws?: readonly Property[];
  /** Every schedule is of this machine, which follows the design, and about stops as the scene has them. */
  readonly on?: { readonly machine: Machine; readonly scene: Scene };
  /** So many counterexamples are made small, in the order of laws; left out: all. */
  readonly shrinks?: number;
  /** Runs `first`, `first + step`, … only: how a search is dealt out to workers. */
  readonly shard?: { readonly first: number; readonly step: number };
}

/** What a search, or one worker's share of it, showed. */
export type SearchResult = Found;

/**
 * Draws schedules, plays them on the subject, judges every law, and shrinks what breaks.
 *
 * @throws {UsageError} for a design or fault that does not exist.
 */
export async function check(options: CheckOptions): Promise<CheckOutcome> {
  const beganMs = Date.now();
  const plan = planOf(options);
  return concludePlan(plan, await searchPlan(plan), beganMs, options.shrinks);
}

/** The first half of {@link check}: finds, and does not shrink. Its result passes between workers. */
export function search(options: CheckOptions): Promise<SearchResult> {
  return searchPlan(planOf(options));
}

/** The second half: shrinks what the whole search found. */
export function conclude(options: CheckOptions, merged: SearchResult): Promise<CheckOutcome> {
  return concludePlan(planOf(options), merged, Date.now());
}

export { merge };

/** The search that the options describe; shared by every command that searches. */
export function planOf(options: CheckOptions, until: string | null = null): Plan {
  const { seed, runs, strict, timeLimitSec, shard, interrupted, onProgress } = options;
  const faults = options.faults ?? [];
  const design = designNamed(options.design ?? DEFAULT_DESIGN);
  const deadlineMs = timeLimitSec === undefined ? null : Date.now() + timeLimitSec * 1000;
  return {
    subject: options.subject ?? referenceGuest({ faults: faults.map(faultNamed) }),
    faults,
    design: design.name,
    properties: options.laws ?? LAWS,
    strict: new Set(strict),
    drawing: drawingOf(seed, drawOptionsOf(design, options)),
    seed,
    runs,
    first: shard?.first ?? 0,
    step: shard?.step ?? 1,
    until,
    isOver: () => interrupted?.() === true || (deadlineMs !== null && Date.now() >= deadlineMs),
    onProgress: (found) => onProgress?.(progressOf(found, runs)),
  };
}

/** What is drawn for a design: on the scene asked for, on any machine, or on its own. */
export function drawOptionsOf(
  design: Design,
  { maxCommands, on }: Pick<CheckOptions, 'maxCommands' | 'on'>,
): DrawOptions {
  const drawn = { designs: [design], maxCommands };
  if (on !== undefined) return { ...drawn, ...on };
  return design.isOfAnyMachine === true ? drawn : { ...drawn, ...onItsScene(design) };
}

/** Where the matrix plays a design. */
export function onItsScene(design: Design): NonNullable<CheckOptions['on']> {
  return { machine: sceneMachine(design), scene: sceneOf(design) };
}

function drawingOf(seed: number, options: DrawOptions): Drawing {
  return {
    at: (run) => draw(seed, run, options),
    runs: (first, step) => schedulesOfRuns(seed, options, first, step),
    neighbours: (schedule) => neighboursOf(schedule, options),
    roundable,
    rounder,
  };
}

/** On a scene the machine is given. */
function* neighboursOf(schedule: Schedule, { scene }: DrawOptions): Generator<Neighbour> {
  for (const neighbour of neighbours(schedule)) {
    if (scene === undefined || isOnSameMachine(neighbour.schedule, schedule)) yield neighbour;
  }
}

function progressOf({ runs, commandsExecuted, laws }: Found, of: number): Progress {
  const vacuous = laws.filter((law) => law.witnesses === 0 && law.firstRun === null);
  return { runs, of, commandsExecuted, vacuous: vacuous.map((law) => law.name) };
}
