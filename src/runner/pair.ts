import type { Event } from '../contract/event.js';
import type { Finding, Monitor, PairProperty, Property } from '../contract/property.js';
import type { SyncSubject } from '../contract/subject.js';
import { EVENT } from '../contract/wire-tables.js';

/**
 * A law about two runs as one about the first: it keeps what the subject emits, and when the run is
 * over plays the second run on `other` and compares. A recording has no schedule to play again, and
 * puts it to no test.
 */
export function comparedWith(other: SyncSubject, pair: PairProperty): Property {
  const { name, statement, source } = pair;
  return {
    name,
    statement,
    source,
    monitor: ({ schedule }) => {
      if (schedule === undefined) return {};
      const events: Event[] = [];
      const keep = (event: Event): undefined => {
        events.push(event);
      };
      const end = (): Finding => {
        const others: Event[] = [];
        other.run(pair.runs(schedule)[1], (event) => others.push(event));
        return pair.compare(events, others, schedule);
      };
      // Sound: every kind of event has a method that takes any event.
      return {
        ...Object.fromEntries(Object.keys(EVENT.of).map((kind) => [kind, keep])),
        end,
      } as Monitor;
    },
  };
}
