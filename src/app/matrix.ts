import type { DesignEntry } from '../contract/catalogue.js';
import type {
  CheckOutcome,
  FaultRow,
  FaultsOutcome,
  MatrixCell,
  MatrixOutcome,
} from '../contract/outcome.js';
import type { Property } from '../contract/property.js';
import { DESIGNS } from '../model/designs/index.js';
import type { Fault } from '../model/faults/fault.js';
import { FAULTS } from '../model/faults/index.js';
import { LAWS } from '../properties/index.js';
import { search } from '../runner/search.js';
import { shrink } from '../runner/shrink.js';
import { designNamed, faultNamed } from './catalogue.js';
import { check, planOf, type SearchOptions } from './check.js';

export interface MatrixOptions extends SearchOptions {
  /** Designs by name; left out: all. */
  readonly designs?: readonly string[];
  readonly laws?: readonly Property[];
}

/** Every design against every law; `runs` is per design. */
export async function matrix(options: MatrixOptions): Promise<MatrixOutcome> {
  const beganMs = Date.now();
  const laws = options.laws ?? LAWS;
  const designs = options.designs?.map(designNamed) ?? DESIGNS;
  const rows: { name: string; cells: readonly MatrixCell[] }[] = [];
  let commandsExecuted = 0;
  for (const [at, design] of designs.entries()) {
    const outcome = await check({
      ...options,
      laws,
      design: design.name,
      onProgress: (progress) =>
        options.onProgress?.({
          ...progress,
          runs: at * options.runs + progress.runs,
          of: designs.length * options.runs,
          commandsExecuted: commandsExecuted + progress.commandsExecuted,
        }),
    });
    commandsExecuted += outcome.commandsExecuted;
    rows.push({ name: design.name, cells: cellsOf(design, outcome) });
  }
  return {
    seed: options.seed,
    runs: options.runs,
    commandsExecuted,
    elapsedMs: Date.now() - beganMs,
    laws: laws.map((law) => law.name),
    designs: rows,
  };
}

function cellsOf(design: DesignEntry, outcome: CheckOutcome): readonly MatrixCell[] {
  return outcome.laws.map(({ name, verdict, witnesses, counterexample }) => {
    const shortest = counterexample === null ? null : outcome.counterexamples[counterexample];
    return {
      law: name,
      verdict,
      witnesses,
      commands: shortest?.schedule.commands.length ?? null,
      counterexample: shortest ?? null,
      expected: design.breaks.some((broken) => broken.law === name) ? 'broken' : 'kept',
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
