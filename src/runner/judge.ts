import type { Event } from '../contract/event.js';
import type {
  Finding,
  Monitor,
  Premises,
  Property,
  Verdict,
  Violation,
} from '../contract/property.js';

/** Shows every event to the monitors of its kind. It never learns who emitted it. */
export class Judge {
  private readonly hearings: readonly Hearing[];
  private readonly byKind: Record<string, Hearing[] | undefined> = Object.create(null);

  constructor(properties: readonly Property[], premises: Premises) {
    this.hearings = properties.map((property) => new Hearing(property, property.monitor(premises)));
    for (const hearing of this.hearings) {
      for (const kind of hearing.kinds) {
        const others = this.byKind[kind];
        if (others === undefined) this.byKind[kind] = [hearing];
        else others.push(hearing);
      }
    }
  }

  readonly observe = (event: Event): void => {
    const hearings = this.byKind[event.kind];
    if (hearings === undefined) return;
    for (const hearing of hearings) hearing.observe(event);
  };

  /** Ends the run: what was still owed is now overdue. In the order of the properties. */
  verdicts(): readonly Verdict[] {
    return this.hearings.map((hearing) => hearing.close());
  }
}

/** One property in one run: open until its first violation. */
class Hearing {
  readonly kinds: readonly string[];
  private readonly methods: Readonly<Record<string, ((event: Event) => Finding) | undefined>>;
  private held = 0;
  private violation: Violation | undefined;

  constructor(
    readonly property: Property,
    private readonly monitor: Monitor,
  ) {
    this.kinds = Object.keys(monitor).filter((key) => key !== 'end');
    // The one cast of the house: the method named K is looked up by, and shown, events of kind K.
    this.methods = monitor as typeof this.methods;
  }

  observe(event: Event): void {
    if (this.violation === undefined) this.record(this.methods[event.kind]?.(event));
  }

  close(): Verdict {
    if (this.violation === undefined) this.record(this.monitor.end?.());
    if (this.violation !== undefined) {
      return { kind: 'violated', witnesses: this.held, violation: this.violation };
    }
    return this.held === 0 ? { kind: 'vacuous' } : { kind: 'holds', witnesses: this.held };
  }

  private record(finding: Finding): void {
    if (finding === undefined) return;
    if (finding === 'held') this.held++;
    else this.violation = finding;
  }
}
