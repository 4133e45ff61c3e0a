import type { Event } from '../contract/event.js';
import type { Declared, Machine } from '../contract/machine.js';
import type { JudgedLaw, JudgeOutcome } from '../contract/outcome.js';
import type { KnownLimit, Property, Verdict } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { LAWS } from '../properties/index.js';
import { Judge } from '../runner/judge.js';

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
  const hearing = new Hearing(machine, options);
  for (const event of events) hearing.observe(event);
  return hearing.outcome(file);
}

/** The same for events that come one by one. */
export class Hearing {
  private readonly laws: readonly Property[];
  private readonly judge: Judge;
  private events = 0;

  constructor(machine: Machine, { laws = LAWS, strict, epsNs }: JudgeOptions) {
    this.laws = laws;
    const { declared } = machine;
    this.judge = new Judge(laws, {
      machine,
      declared: epsNs === undefined ? declared : withEps(declared, epsNs),
      strict: new Set(strict),
    });
  }

  observe(event: Event): void {
    this.events++;
    this.judge.observe(event);
  }

  outcome(file: string): JudgeOutcome {
    const verdicts = this.judge.verdicts();
    const judged = this.laws.map(({ name }, at) => judgedLaw(name, verdicts[at]));
    return { file, events: this.events, laws: judged };
  }
}

function withEps(declared: Declared, epsNs: Ns): Declared {
  return {
    ...declared,
    stopErrorNs: { monotonic: epsNs, boottime: epsNs },
    rtcResolutionNs: epsNs,
  };
}

function judgedLaw(name: string, verdict: Verdict | undefined): JudgedLaw {
  if (verdict === undefined || verdict.kind === 'vacuous') {
    return { name, verdict: 'vacuous', witnesses: 0, violation: null };
  }
  const violation = verdict.kind === 'violated' ? verdict.violation : null;
  return { name, verdict: verdict.kind, witnesses: verdict.witnesses, violation };
}
