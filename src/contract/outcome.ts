import type { Counterexample } from './counterexample.js';
import type { KernelVersion, KvmRules } from './machine.js';
import type { Source, Verdict, Violation } from './property.js';
import type { Schedule } from './schedule.js';

export * from './outcome-stop.js';

export interface LawResult {
  readonly name: string;
  readonly verdict: Verdict['kind'];
  /** How often the promise was put to the test and held. */
  readonly witnesses: number;
  /** Position in `counterexamples`. */
  readonly counterexample: number | null;
}

/** What a search found. */
export interface CheckOutcome {
  readonly seed: number;
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly elapsedMs: number;
  readonly subject: string;
  readonly design: string | null;
  readonly faults: readonly string[];
  readonly laws: readonly LawResult[];
  readonly counterexamples: readonly Counterexample[];
  /** A time limit ended it early: the result is no longer a function of the seed alone. */
  readonly cut: boolean;
}

export interface MatrixCell {
  readonly law: string;
  readonly verdict: Verdict['kind'];
  readonly witnesses: number;
  /** Size of the shortest counterexample. */
  readonly commands: number | null;
  readonly counterexample: Counterexample | null;
  /** What the design's `breaks` and `vacuous` say. */
  readonly expected: 'kept' | 'broken' | 'vacuous';
  /** Why it breaks the law, or cannot put it to the test; null: it keeps it. */
  readonly because: string | null;
}

export interface MatrixRow {
  readonly name: string;
  readonly commandsExecuted: number;
  readonly cells: readonly MatrixCell[];
}

export interface MatrixOutcome {
  readonly seed: number;
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly elapsedMs: number;
  readonly laws: readonly string[];
  readonly designs: readonly Omit<MatrixRow, 'commandsExecuted'>[];
}

export interface FaultRow {
  readonly name: string;
  readonly source: string;
  /** Empty: it survived. */
  readonly caughtBy: readonly string[];
  /** Runs until the first violation; null where it survived. */
  readonly runs: number | null;
  readonly commands: number | null;
  readonly minimum: number | null;
  readonly evaluations: number;
}

export interface FaultsOutcome {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly faults: readonly FaultRow[];
}

/** How near one schedule came to a bound; value and bound in `perNs` units to the ns. */
export interface WorstRow {
  readonly bound: bigint;
  readonly value: bigint;
  /** value / bound; above 1 the law is broken. null: the bound is 0. */
  readonly ratio: number | null;
  readonly schedule: Schedule;
}

/** What a search for the nearest to a bound found. */
export interface WorstOutcome {
  readonly seed: number;
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly elapsedMs: number;
  readonly law: string;
  /** What is compared with the bound. */
  readonly what: string;
  readonly perNs: bigint;
  /** null: no schedule put the law to the test. */
  readonly nearest: WorstRow | null;
  /** The nearest for each magnitude of the bound, nearest first. */
  readonly front: readonly WorstRow[];
  readonly cut: boolean;
}

export interface JudgedLaw {
  readonly name: string;
  readonly verdict: Verdict['kind'];
  readonly witnesses: number;
  readonly violation: Violation | null;
}

export interface JudgeOutcome {
  readonly file: string;
  readonly events: number;
  readonly laws: readonly JudgedLaw[];
}

export interface ConformOutcome {
  readonly file: string;
  /** The core that it was replayed on. */
  readonly kernel: KernelVersion;
  readonly commands: number;
  readonly mismatches: number;
  /** Outputs and fields of kinds that this version does not replay. */
  readonly skipped: number;
  readonly first: {
    readonly line: number;
    readonly field: string;
    readonly expected: string;
    readonly observed: string;
  } | null;
}

/** What every report says of the model that it speaks of. */
export interface About {
  readonly version: string;
  readonly kernel: KernelVersion;
  readonly kvm: KvmRules;
}

/** One line of a run of threads, as it is told. */
export interface ToldStep {
  readonly thread: string;
  readonly text: string;
  /** What was loaded or sampled. */
  readonly value: bigint | null;
  /** The number of the step, from 1; null: it is none of its own. */
  readonly step: number | null;
}

/** What exploring one program on one memory showed. */
export interface ExploredProgram {
  readonly name: string;
  readonly statement: string;
  readonly source: Source;
  readonly memory: string;
  readonly readers: number;
  readonly writes: number;
  readonly migrations: number;
  /** Rounds that a reader was given. */
  readonly tries: number;
  readonly executions: number;
  /** Whether every interleaving within these bounds was covered. */
  readonly complete: boolean;
  readonly finalStates: number;
  /** `cut`: no law broke, and not every interleaving was covered. */
  readonly verdict: 'holds' | 'violated' | 'cut';
  /** What the program declares for this memory. */
  readonly expected: 'holds' | 'violated';
  readonly laws: readonly ExploredLaw[];
  /** Steps of the shortest run that breaks a law. */
  readonly commands: number | null;
  readonly counterexample: ExploredRun | null;
  /** The text of each thread, as it runs alone. */
  readonly listings: readonly { readonly thread: string; readonly steps: readonly string[] }[];
}

export interface ExploredLaw {
  readonly name: string;
  readonly verdict: Verdict['kind'];
  readonly witnesses: number;
  /** Whether the program says that it breaks it where it is not sound. */
  readonly declared: boolean;
}

/** The shortest run that breaks a law. */
export interface ExploredRun {
  readonly law: string;
  readonly violation: Violation;
  readonly threads: readonly string[];
  readonly steps: readonly ToldStep[];
  /** False: the search for a shorter one met its limit. */
  readonly isShortest: boolean;
}
