import type { DesignEntry } from '../contract/catalogue.js';
import type {
  CheckOutcome,
  FaultRow,
  FaultsOutcome,
  MatrixCell,
  MatrixOutcome,
  MatrixRow,
} from '../contract/outcome.js';
import type { Property } from '../contract/property.js';
import { DESIGNS } from '../model/designs/index.js';
import type { Fault } from '../model/faults/fault.js';
import { FAULTS } from '../model/faults/index.js';
import { LAWS } from '../properties/index.js';
import { search } from '../runner/search.js';
import { shrink } from '../runner/shrink.js';
import { designNamed, faultNamed } from './catalogue.js';
import { check, onItsScene, planOf, type SearchOptions } from './check.js';

export interface MatrixOptions extends SearchOptions {
  /** Designs by name; left out: all. */
  readonly designs?: readonly string[];
  /** Left out: {@link MATRIX_LAWS}. */
  readonly laws?: readonly Property[];
  /** So many counterexamples of a design are made small; left out: all. */
  readonly shrinks?: number;
}

/** The columns of the matrix: the promises that designs for pauses and migrations are told apart by. */
export const MATRIX_LAWS: readonly Property[] = [
  'monotonic-never-decreases',
  'monotonic-keeps-moving',
  'monotonic-skips-stopped-time',
  'boottime-counts-stopped-time',
  'realtime-is-right-at-first-read',
  'realtime-is-right-after-stop',
  'no-stale-read-after-resume',
  'stale-time-is-never-used',
  'timer-never-fires-early',
  'timer-fires-once',
  'timer-is-never-lost',
  'timer-fires-within-slack',
  'watchdogs-stay-quiet',
  'ntp-is-told',
  'stop-is-told-with-its-length',
].flatMap((name) => LAWS.find((law) => law.name === name) ?? []);

/** Every design against the laws of the matrix; `runs` is per design. */
export async function matrix(options: MatrixOptions): Promise<MatrixOutcome> {
  const beganMs = Date.now();
  const names = options.designs?.map((name) => designNamed(name).name) ?? DESIGN_NAMES;
  const rows: MatrixRow[] = [];
  let commandsExecuted = 0;
  for (const [at, name] of names.entries()) {
    const row = await matrixRow(name, {
      ...options,
      onProgress: (progress) =>
        options.onProgress?.({
          ...progress,
          runs: at * options.runs + progress.runs,
          of: names.length * options.runs,
          commandsExecuted: commandsExecuted + progress.commandsExecuted,
        }),
    });
    commandsExecuted += row.commandsExecuted;
    rows.push(row);
  }
  return matrixOf(rows, options, beganMs);
}

export const DESIGN_NAMES: readonly string[] = DESIGNS.map(({ name }) => name);

/** Rows, in the order of the designs, as the whole. */
export function matrixOf(
  rows: readonly MatrixRow[],
  { seed, runs, laws = MATRIX_LAWS }: MatrixOptions,
  beganMs: number,
): MatrixOutcome {
  return {
    seed,
    runs,
    commandsExecuted: rows.reduce((sum, row) => sum + row.commandsExecuted, 0),
    elapsedMs: Date.now() - beganMs,
    laws: laws.map((law) => law.name),
    designs: rows.map(({ name, cells }) => ({ name, cells })),
  };
}

/** One design, under the fixed conditions of its row. @throws {UsageError} where there is no such design. */
export async function matrixRow(
  name: string,
  { laws = MATRIX_LAWS, ...options }: MatrixOptions,
): Promise<MatrixRow> {
  const design = designNamed(name);
  const on = onItsScene(design);
  const outcome = await check({ ...options, laws, design: name, on });
  const cells = cellsOf(design, outcome);
  if (outcome.cut || !cells.some(isWanting)) {
    return { name, commandsExecuted: outcome.commandsExecuted, cells };
  }
  const wanting = laws.filter((law) =>
    cells.some((cell) => cell.law === law.name && isWanting(cell)),
  );
  const runs = DEEPER * options.runs;
  const deeper = await check({ ...options, runs, laws: wanting, design: name, on });
  const found = cellsOf(design, deeper);
  return {
    name,
    commandsExecuted: outcome.commandsExecuted + deeper.commandsExecuted,
    cells: cells.map((cell) => found.find(({ law }) => law === cell.law) ?? cell),
  };
}

/** Where something that is stated has not shown in the runs asked for, so many times as many are drawn for it. */
const DEEPER = 16;

/** What is said to break has not broken, or what is said to be kept was not put to the test. */
function isWanting({ expected, verdict }: MatrixCell): boolean {
  return expected === 'broken'
    ? verdict !== 'violated'
    : expected === 'kept' && verdict === 'vacuous';
}

function cellsOf(design: DesignEntry, outcome: CheckOutcome): readonly MatrixCell[] {
  return outcome.laws.map(({ name, verdict, witnesses, counterexample }) => {
    const shortest = counterexample === null ? null : outcome.counterexamples[counterexample];
    const broken = design.breaks.find(({ law }) => law === name);
    const vacuous = design.vacuous?.find(({ law }) => law === name);
    return {
      law: name,
      verdict,
      witnesses,
      commands: shortest?.schedule.commands.length ?? null,
      counterexample: shortest ?? null,
      expected: broken !== undefined ? 'broken' : vacuous !== undefined ? 'vacuous' : 'kept',
      because: (broken ?? vacuous)?.because ?? null,
    };
  });
}

export interface FaultsOptions extends SearchOptions {
  /** Faults by name; left out: all. */
  readonly faults?: readonly string[];
}

/** Every fault: the laws that catch it, runs to find it, size of its counterexample; `runs` is the most per fault. */
export async function faults(options: FaultsOptions): Promise<FaultsOutcome> {
  const beganMs = Date.now();
  const wanted = options.faults?.map(faultNamed) ?? FAULTS;
  const rows: FaultRow[] = [];
  for (const fault of wanted) {
    if (options.interrupted?.() === true) break;
    rows.push(await hunt(fault, options));
  }
  return { seed: options.seed, elapsedMs: Date.now() - beganMs, faults: rows };
}

/** Searches until its own law breaks, and shrinks that; other laws may have caught it on the way. */
async function hunt(fault: Fault, options: FaultsOptions): Promise<FaultRow> {
  const plan = planOf({ ...options, faults: [fault.name] }, fault.breaks[0] ?? null);
  const found = await search(plan);
  const caught = found.laws.filter((law) => law.firstRun !== null);
  const own = caught.find((law) => law.name === plan.until) ?? caught[0];
  const property = plan.properties.find((law) => law.name === own?.name);
  const smallest =
    own?.firstRun == null || property === undefined
      ? undefined
      : await shrink(plan, property, own.firstRun);
  return {
    name: fault.name,
    source: fault.source.url,
    caughtBy: caught.map((law) => law.name),
    runs: smallest === undefined ? null : smallest.search.run + 1,
    commands: smallest?.schedule.commands.length ?? null,
    minimum: fault.minimum,
    evaluations:
      smallest === undefined ? 0 : smallest.evaluations.shrink + smallest.evaluations.certify,
  };
}
