import type { Source } from './property.js';
import type { Ns } from './units.js';

/** One row of a catalogue, as `tickproof list` shows it. */
export interface Entry {
  readonly name: string;
  readonly statement: string;
  readonly source: Source;
}

/** A law that a design cannot keep, and why. */
export interface Broken {
  readonly law: string;
  readonly because: string;
}

export interface DesignEntry extends Entry {
  /** `stopError` of laws.md: what its mechanism cannot represent, per stop and clock. */
  readonly stopErrorNs: { readonly monotonic: Ns; readonly boottime: Ns };
  /** Whether it says what becomes of the counters on another host; otherwise no migration is drawn for it. */
  readonly migrates: boolean;
  /** The expected row of the matrix: every law that it breaks. */
  readonly breaks: readonly Broken[];
}

export interface FaultEntry extends Entry {
  /** The laws that catch it; the first one is sure to. */
  readonly breaks: readonly string[];
  /** Commands of the shortest schedule under which that one does: proven in the tests. */
  readonly minimum: number;
}
