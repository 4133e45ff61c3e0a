import type { Event } from '../contract/event.js';
import type {
  Finding,
  Monitor,
  Premises,
  Property,
  Verdict,
  Violation,
} from '../contract/property.js';

/** A monitor's method for one kind of event. */
type Method = (this: Monitor, event: Event) => Finding;

/** Who hears events of one kind, by which of its methods. */
interface Ear {
  readonly hearing: Hearing;
  readonly method: Method;
}

/** All who hear events of one kind. */
interface Audience {
  /** Whom laws lean on: told first, and whatever became of the laws. */
  readonly shared: readonly Ear[];
  readonly laws: readonly Ear[];
}

/** Shows every event to the monitors of its kind. It never learns who emitted it. */
export class Judge {
  private readonly hearings: readonly Hearing[];
  private readonly shared: readonly Hearing[];
  /** Found when the first event of a kind comes: a run has few of them. */
  private readonly byKind = new Map<string, Audience>();

  constructor(properties: readonly Property[], premises: Premises) {
    // Premises of its own: what laws keep beside them is of this run.
    const ofRun = { ...premises };
    this.hearings = properties.map((property) => new Hearing(property.monitor(ofRun)));
    const shared = new Set<Monitor>();
    for (const { monitor } of this.hearings) {
      if (monitor.leansOn !== undefined) shared.add(monitor.leansOn);
    }
    this.shared = [...shared].map((monitor) => new Hearing(monitor));
  }

  readonly observe = (event: Event): void => {
    const { shared, laws } = this.byKind.get(event.kind) ?? this.audienceOf(event.kind);
    for (const { hearing, method } of shared) method.call(hearing.monitor, event);
    for (const { hearing, method } of laws) {
      if (hearing.violation === undefined) hearing.record(method.call(hearing.monitor, event));
    }
  };

  private audienceOf(kind: Event['kind']): Audience {
    const audience = { shared: earsFor(kind, this.shared), laws: earsFor(kind, this.hearings) };
    this.byKind.set(kind, audience);
    return audience;
  }

  /** Ends the run: what was still owed is now overdue. In the order of the properties. */
  verdicts(): readonly Verdict[] {
    return this.hearings.map((hearing) => hearing.close());
  }
}

function earsFor(kind: Event['kind'], hearings: readonly Hearing[]): readonly Ear[] {
  const ears: Ear[] = [];
  for (const hearing of hearings) {
    const { monitor } = hearing;
    // The one cast of the house: the method named K is looked up by, and shown, events of kind K.
    const method = monitor[kind] as Method | undefined;
    if (method !== undefined && monitor.deafTo?.has(kind) !== true) ears.push({ hearing, method });
  }
  return ears;
}

/** One property in one run: open until its first violation. */
class Hearing {
  violation: Violation | undefined;
  private held = 0;

  constructor(readonly monitor: Monitor) {}

  record(finding: Finding): void {
    if (finding === undefined) return;
    if (finding === 'held') this.held++;
    else this.violation = finding;
  }

  close(): Verdict {
    if (this.violation === undefined) this.record(this.monitor.end?.());
    if (this.violation !== undefined) {
      return { kind: 'violated', witnesses: this.held, violation: this.violation };
    }
    return this.held === 0 ? { kind: 'vacuous' } : { kind: 'holds', witnesses: this.held };
  }
}
