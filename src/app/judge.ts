import { TickproofBug } from '../contract/errors.js';
import type { Event } from '../contract/event.js';
import type { Machine } from '../contract/machine.js';
import type { JudgeOutcome } from '../contract/outcome.js';
import type { KnownLimit, Property } from '../contract/property.js';
import type { Ns } from '../contract/units.js';

export interface JudgeOptions {
  /** Left out: all laws. */
  readonly laws?: readonly Property[];
  readonly strict?: readonly KnownLimit[];
  /** Replaces the declared stop errors and RTC resolution. */
  readonly epsNs?: Ns;
}

/** Judges a recording: a machine as its header declares it, and its events. */
export function judge(
  file: string,
  machine: Machine,
  events: Iterable<Event>,
  options: JudgeOptions,
): JudgeOutcome {
  throw new TickproofBug(`judge is not built yet (${file}, ${machine.hz}, ${events}, ${options})`);
}
