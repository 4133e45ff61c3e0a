import type { Counterexample } from '../contract/counterexample.js';
import type { Event } from '../contract/event.js';
import type { KnownLimit, Property, Verdict } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { Subject } from '../contract/subject.js';
import { referenceGuest } from '../model/reference.js';
import { LAWS } from '../properties/index.js';
import { judgeEvents } from '../runner/play.js';
import { faultNamed, lawNamed } from './catalogue.js';

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
  const subject =
    options.subject ?? referenceGuest({ faults: (options.faults ?? []).map(faultNamed) });
  const properties = options.laws ?? LAWS;
  const { machine } = schedule;
  const strict = new Set(options.strict);
  const events: Event[] = [];
  await subject.run(schedule, (event) => events.push(event));
  const premises = { machine, declared: machine.declared, strict, schedule };
  const verdicts = judgeEvents(events, properties, premises);
  return {
    subject: subject.name,
    schedule,
    events,
    laws: verdicts.map((verdict, at) => ({ property: properties[at] as Property, verdict })), // one each
  };
}

/** Plays a counterexample again: its own faults, on the reference guest unless a subject is given. */
export async function replay(from: Counterexample, options: PlayOptions): Promise<Replayed> {
  const law = lawNamed(from.property.name);
  const laws = options.laws ?? [law];
  const faults = options.faults ?? from.faults;
  const played = await play(from.schedule, { ...options, laws, faults });
  const verdict = played.laws.find(({ property }) => property.name === law.name)?.verdict;
  if (verdict?.kind !== 'violated') return { fails: false, same: false, played };
  const { expected, observed } = verdict.violation;
  const same = expected === from.violation.expected && observed === from.violation.observed;
  return { fails: true, same, played };
}
