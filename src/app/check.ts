import { TickproofBug } from '../contract/errors.js';
import type { CheckOutcome } from '../contract/outcome.js';
import type { KnownLimit, Property } from '../contract/property.js';
import type { Subject } from '../contract/subject.js';

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
  /** Runs `first`, `first + step`, … only: how a search is dealt out to workers. */
  readonly shard?: { readonly first: number; readonly step: number };
}

/**
 * Draws schedules, plays them on the subject, judges every law, and shrinks what breaks.
 *
 * @throws {UsageError} for a design or fault that does not exist.
 */
export async function check(options: CheckOptions): Promise<CheckOutcome> {
  throw new TickproofBug(`check is not built yet (${options.seed})`);
}
