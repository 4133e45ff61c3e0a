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

/** Shows every event to the monitors of its kind. It never learns who emitted it. */
export class Judge {
  private readonly hearings: readonly Hearing[];
  /** Found when the first event of a kind comes: a run has few of them. */
  private readonly byKind = new Map<string, readonly Ear[]>();

  constructor(properties: readonly Property[], premises: Premises) {
    // Premises of its own: what laws keep beside them is of this run.
    const ofRun = { ...premises };
    this.hearings = properties.map((property) => new Hearing(property.monitor(ofRun)));
  }

  readonly observe = (event: Event): void => {
    const ears = this.byKind.get(event.kind) ?? this.earsFor(event.kind);
    for (const { hearing, method } of ears) {
      if (hearing.violation === undefined) hearing.record(method.call(hearing.monitor, event));
    }
  };

  private earsFor(kind: Event['kind']): readonly Ear[] {
    const ears: Ear[] = [];
    for (const hearing of this.hearings) {
      // The one cast of the house: the method named K is looked up by, and shown, events of kind K.
      const method = hearing.monitor[kind] as Method | undefined;
      if (method !== undefined) ears.push({ hearing, method });
    }
    this.byKind.set(kind, ears);
    return ears;
  }

  /** Ends the run: what was still owed is now overdue. In the order of the properties. */
  verdicts(): readonly Verdict[] {
    return this.hearings.map((hearing) => hearing.close());
  }
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
