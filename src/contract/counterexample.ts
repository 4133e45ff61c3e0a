import type { Event } from './event.js';
import type { Property, Violation } from './property.js';
import type { Schedule } from './schedule.js';

/** What was checked at the end of shrinking; true: no such neighbour still fails. */
export interface Minimal {
  /** No single command can go. */
  readonly single: boolean;
  /** No two commands can go. */
  readonly pair: boolean;
  /** No number of a command can be smaller. */
  readonly value: boolean;
}

/** The smallest schedule found under which a subject breaks a property. */
export interface Counterexample {
  readonly subject: string;
  readonly faults: readonly string[];
  readonly property: Pick<Property, 'name' | 'statement' | 'source'>;
  readonly violation: Violation;
  /** Replays without the generator, so it outlives every change to it. */
  readonly schedule: Schedule;
  /** The same story in round numbers, where that still fails. */
  readonly twin: Schedule | null;
  /** What the subject emitted under `schedule`: the timeline. */
  readonly events: readonly Event[];
  readonly minimal: Minimal;
  /** How many schedules shrinking played, and how many neighbours of the smallest hold: most are known by then. */
  readonly evaluations: { readonly shrink: number; readonly certify: number };
  /** The run that it was shrunk from: draws it again, with this version of the generator only. */
  readonly search: { readonly seed: number; readonly run: number; readonly commands: number };
  /** 0 model only, 1 agrees with a recording, 2 reproduced on a named system. */
  readonly evidenceClass: 0 | 1 | 2;
}
