import type { Counterexample } from '../contract/counterexample.js';
import { TickproofBug } from '../contract/errors.js';
import type { Event } from '../contract/event.js';
import type { KnownLimit, Property, Verdict } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { Subject } from '../contract/subject.js';

export interface PlayOptions {
  /** Left out: the reference guest with `faults`. */
  readonly subject?: Subject;
  readonly faults?: readonly string[];
  /** Left out: all laws. */
  readonly laws?: readonly Property[];
  readonly strict?: readonly KnownLimit[];
}

export interface Played {
  readonly subject: string;
  readonly schedule: Schedule;
  readonly events: readonly Event[];
  readonly laws: readonly { readonly property: Property; readonly verdict: Verdict }[];
}

export interface Replayed {
  /** Whether the law of the counterexample is still broken. */
  readonly fails: boolean;
  /** Whether it is broken with the same expected and observed text. */
  readonly same: boolean;
  readonly played: Played;
}

/** Plays one schedule and judges it. @throws {UsageError} for a fault or design that does not exist. */
export async function play(schedule: Schedule, options: PlayOptions): Promise<Played> {
  throw new TickproofBug(`play is not built yet (${schedule.commands.length}, ${options.strict})`);
}

/** Plays a counterexample again: its own faults, on the reference guest unless a subject is given. */
export async function replay(from: Counterexample, options: PlayOptions): Promise<Replayed> {
  throw new TickproofBug(`replay is not built yet (${from.subject}, ${options.strict})`);
}
