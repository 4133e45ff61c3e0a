import type { Event } from '../contract/event.js';
import { jsonOf } from '../contract/wire-write.js';

/** Where the evidence stands among the events, also when both were read back from a file. */
export function positions(
  events: readonly Event[],
  evidence: readonly Event[],
): ReadonlySet<number> {
  const found = new Set<number>();
  for (const proof of evidence) {
    let at = events.indexOf(proof);
    if (at === -1) at = events.findIndex((each, i) => !found.has(i) && same(each, proof));
    if (at !== -1) found.add(at);
  }
  return found;
}

function same(a: Event, b: Event): boolean {
  return a.kind === b.kind && a.earliestNs === b.earliestNs && jsonOf(a) === jsonOf(b);
}
