import type { Event, EventOf } from '../contract/event.js';
import type { Finding, PairProperty, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { nameOf } from './life.js';

type ClockRead = EventOf<'clock-read'>;
type Snapshot = EventOf<'snapshot-taken'>;
type Witness = ClockRead | Snapshot;

/** The clocks of a snapshot, in the order in which a difference is told. */
const OF_SNAPSHOT = ['monotonicNs', 'rawNs', 'boottimeNs', 'realtimeNs', 'taiNs'] as const;

/**
 * What the subject reads is what the reference reads for the same schedule and kernel version, to the
 * last bit. The first run is the subject's, the second the reference's.
 *
 * Reads are told apart by their life, vCPU, instant, clock and path, and where these are equal by their
 * order. What only one of the two reads shows nothing: a subject need not know every command.
 */
export const snapshotAgreesWithLinux: PairProperty = {
  name: 'snapshot-agrees-with-linux',
  statement: 'Every read shows what the reference shows for the same schedule and kernel.',
  source: {
    title: 'Recordings of the timekeeping core of Linux 6.12: test/vectors',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/kernel/time/timekeeping.c?h=v6.12',
  },
  runs: (schedule) => [schedule, schedule],
  compare,
};

function compare(subject: readonly Event[], reference: readonly Event[]): Finding {
  const expected = byKey(reference);
  let isTested = false;
  for (const [key, witness] of byKey(subject)) {
    const same = expected.get(key);
    if (same === undefined) continue;
    const broken = differ(witness, same);
    if (broken !== undefined) return broken;
    isTested = true;
  }
  return isTested ? 'held' : undefined;
}

function byKey(events: readonly Event[]): ReadonlyMap<string, Witness> {
  const counts = new Map<string, number>();
  const witnesses = new Map<string, Witness>();
  for (const event of events) {
    if (event.kind !== 'clock-read' && event.kind !== 'snapshot-taken') continue;
    const { actor, incarnation, earliestNs, latestNs } = event;
    const what = event.kind === 'clock-read' ? `${event.clock} ${event.via}` : 'all';
    const key = `${actor.vm} ${incarnation} ${actor.vcpu} ${earliestNs} ${latestNs} ${what}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    witnesses.set(`${key} ${count}`, event);
  }
  return witnesses;
}

function differ(witness: Witness, reference: Witness): Violation | undefined {
  if (witness.kind === 'clock-read' && reference.kind === 'clock-read') {
    return witness.ns === reference.ns
      ? undefined
      : violation(witness, witness.clock, reference.ns, witness.ns);
  }
  if (witness.kind === 'clock-read' || reference.kind === 'clock-read') return undefined;
  const field = OF_SNAPSHOT.find((each) => witness[each] !== reference[each]);
  if (field === undefined) return undefined;
  return violation(witness, `${field} of a snapshot`, reference[field], witness[field]);
}

function violation(witness: Witness, what: string, expectedNs: Ns, observedNs: Ns): Violation {
  return {
    expected: `${what}: ${expectedNs} ns, as the reference shows`,
    observed: `${observedNs} ns on ${nameOf(witness)}: ${observedNs - expectedNs} ns off`,
    evidence: [witness],
  };
}
