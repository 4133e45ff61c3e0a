import { nearest, UsageError } from '../contract/errors.js';
import type { Event } from '../contract/event.js';
import type { ExploredProgram, ExploredRun } from '../contract/outcome.js';
import type { Premises } from '../contract/property.js';
import { litmusOf as litmusTest } from '../explore/litmus.js';
import { listings } from '../explore/telling.js';
import { type Broken, type Judged, type ProgramVerdict, verdictOf } from '../explore/verdict.js';
import { plainMachine } from '../generators/machine.js';
import {
  type Bounds,
  type ConcurrentProgram,
  MEMORIES,
  type MemoryName,
} from '../programs/concurrent.js';
import { PROGRAMS } from '../programs/index.js';
import { READER_LAWS } from '../properties/index.js';
import { Judge } from '../runner/judge.js';
import { designNamed } from './catalogue.js';
import { DEFAULT_DESIGN } from './machine.js';

export { MEMORIES } from '../programs/concurrent.js';
export { PROGRAMS } from '../programs/index.js';

export interface ExploreOptions {
  /** Left out: all. */
  readonly memories?: readonly MemoryName[];
  /** What is left out is as the program wants it, else {@link DEFAULT_BOUNDS}. */
  readonly bounds?: Partial<Bounds>;
  /** Executions of one program on one memory, and states in a search for a shortest run. */
  readonly limit?: number;
  readonly onProgram?: (explored: ExploredProgram) => void;
}

/** Two rounds: one that fails and one that succeeds, as the laws promise. */
export const DEFAULT_BOUNDS: Bounds = { readers: 1, writes: 1, migrations: 1, tries: 2 };
const LIMIT = 200_000;

/**
 * Explores every interleaving of each program on each memory, and judges all of them by the laws of
 * readers.
 *
 * @throws {UsageError} where a program cannot be run: a word that is not declared, a loop without end.
 */
export function explore(
  programs: readonly ConcurrentProgram[],
  options: ExploreOptions = {},
): readonly ExploredProgram[] {
  const { memories = MEMORIES, limit = LIMIT, onProgram } = options;
  const judge = judgeWith();
  return programs.flatMap((program) =>
    memories.map((memory) => {
      const bounds = { ...DEFAULT_BOUNDS, ...program.bounds, ...options.bounds };
      const explored = told(program, verdictOn(program, { memory, bounds, judge, limit }));
      onProgram?.(explored);
      return explored;
    }),
  );
}

/** The program as a litmus test for herd7. @throws {UsageError} where none can say it. */
export function litmusOf(program: ConcurrentProgram, bounds: Partial<Bounds> = {}): string {
  return litmusTest(program, { ...DEFAULT_BOUNDS, ...program.bounds, ...bounds });
}

/** @throws {UsageError} where there is no such program. */
export function programNamed(name: string): ConcurrentProgram {
  const found = PROGRAMS.find((program) => program.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    PROGRAMS.map((program) => program.name),
  );
  throw new UsageError(
    `no program is called ${JSON.stringify(name)}.\n  ` +
      `${near === undefined ? '' : `Did you mean ${near}? `}` +
      `\`tickproof list programs\` shows all ${PROGRAMS.length}; a path ends in .ts or .js.`,
  );
}

/** Whether a program came out as it declares. */
export function isAsDeclared({ verdict, expected, laws }: ExploredProgram): boolean {
  const isDeclared = laws.every((law) => law.verdict !== 'violated' || law.declared);
  return verdict === expected && (verdict === 'holds' || isDeclared);
}

function verdictOn(
  program: ConcurrentProgram,
  options: Parameters<typeof verdictOf>[1],
): ProgramVerdict {
  try {
    return verdictOf(program, options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${program.name} cannot be explored: ${error.message}`, { cause: error });
  }
}

/** Judges the events of one run by the laws of readers, none of which leans on a machine. */
function judgeWith(): (events: readonly Event[]) => Judged {
  const machine = plainMachine(designNamed(DEFAULT_DESIGN));
  const premises: Premises = { machine, declared: machine.declared, strict: new Set() };
  return (events) => {
    const judge = new Judge(READER_LAWS, premises);
    for (const event of events) judge.observe(event);
    const verdicts = judge.verdicts();
    const broken: Broken[] = [];
    const witnesses = new Map<string, number>();
    READER_LAWS.forEach(({ name }, at) => {
      const verdict = verdicts[at];
      if (verdict?.kind === 'violated') broken.push({ law: name, violation: verdict.violation });
      if (verdict?.kind === 'holds') witnesses.set(name, verdict.witnesses);
    });
    return { broken, witnesses };
  };
}

function told(program: ConcurrentProgram, verdict: ProgramVerdict): ExploredProgram {
  const { name, statement, source, breaks, soundOn } = program;
  const { memory, bounds, executions, complete, finalStates, broken, witnesses } = verdict;
  const run = verdict.counterexample;
  return {
    name,
    statement,
    source,
    memory,
    ...bounds,
    executions,
    complete,
    finalStates,
    verdict: run !== undefined ? 'violated' : complete ? 'holds' : 'cut',
    expected: soundOn.includes(memory) ? 'holds' : 'violated',
    laws: READER_LAWS.map((law) => {
      const count = witnesses.get(law.name) ?? 0;
      const isBroken = broken.includes(law.name);
      return {
        name: law.name,
        verdict: isBroken ? 'violated' : count > 0 ? 'holds' : 'vacuous',
        witnesses: count,
        declared: breaks.includes(law.name),
      };
    }),
    commands: run === undefined ? null : run.labels.length,
    counterexample: run === undefined ? null : runOf(run),
    listings: listings(program, bounds),
  };
}

function runOf(run: NonNullable<ProgramVerdict['counterexample']>): ExploredRun {
  const { law, violation, execution, isShortest } = run;
  return {
    law,
    violation,
    threads: execution.threads.map(({ name }) => name),
    steps: execution.told,
    isShortest,
  };
}
