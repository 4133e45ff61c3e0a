import { TickproofBug } from '../contract/errors.js';
import type { FaultsOutcome, MatrixOutcome } from '../contract/outcome.js';
import type { Property } from '../contract/property.js';
import type { SearchOptions } from './check.js';

export interface MatrixOptions extends SearchOptions {
  /** Designs by name; left out: all. */
  readonly designs?: readonly string[];
  readonly laws?: readonly Property[];
}

/** Every design against every law; `runs` is per design. */
export async function matrix(options: MatrixOptions): Promise<MatrixOutcome> {
  throw new TickproofBug(`matrix is not built yet (${options.seed})`);
}

export interface FaultsOptions extends SearchOptions {
  /** Faults by name; left out: all. */
  readonly faults?: readonly string[];
}

/** Every fault: the laws that catch it, runs to find it, size of its counterexample; `runs` is the most per fault. */
export async function faults(options: FaultsOptions): Promise<FaultsOutcome> {
  throw new TickproofBug(`faults is not built yet (${options.seed})`);
}
