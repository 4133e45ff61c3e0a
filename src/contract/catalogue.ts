import type { Source } from './property.js';

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
  /** The expected row of the matrix: every law that it breaks. */
  readonly breaks: readonly Broken[];
}

export interface FaultEntry extends Entry {
  /** The laws that catch it. */
  readonly breaks: readonly string[];
}
