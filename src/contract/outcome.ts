import type { Counterexample } from './counterexample.js';
import type { KernelVersion, KvmRules } from './machine.js';
import type { Verdict, Violation } from './property.js';

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
  /** What the design's `breaks` says. */
  readonly expected: 'kept' | 'broken';
}

export interface MatrixOutcome {
  readonly seed: number;
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly elapsedMs: number;
  readonly laws: readonly string[];
  readonly designs: readonly { readonly name: string; readonly cells: readonly MatrixCell[] }[];
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
