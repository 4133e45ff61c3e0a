import type { ReaderAccepted } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import { at, DataSeen, isWithin } from './data-seen.js';

/**
 * For a counter value outside of [cycleLast, cycleLast + maxDelta) a reader does not return the product
 * that does not hold there: it reads again, falls back to who holds the lock, is clamped to the base
 * where the counter is behind, or computes wide enough to be exact.
 *
 * A counter that came round into the window is out of scope: the machine declares how long that takes.
 */
export const readerRespectsItsHorizon: Property = {
  name: 'reader-respects-its-horizon',
  statement:
    'Outside of the counter values for which its data hold a lockless reader does not use them.',
  source: {
    title: 'LKML, 9 December 2020: a reader that compares with max_delta',
    url: 'https://lore.kernel.org/kvm/?q=KVM_SET_TSC_STATE',
  },
  monitor: () => {
    const seen = new DataSeen();
    return {
      'data-published': (published) => {
        seen.add(published);
        return undefined;
      },
      'reader-accepted': (accepted) => {
        if (accepted.versions.length === 0) return judgeFallBack(accepted, seen);
        const read = seen.ofOne(accepted);
        const ns = accepted.ns;
        if (read === undefined || ns === undefined) return undefined;
        const { published, counter } = read;
        const { line, maxDelta } = published;
        if (line === null || isWithin(published, counter)) return undefined;
        const isClamped = counter < line.cycleLast && ns === line.base;
        if (isClamped || ns === at(line, counter)) return 'held';
        const end = maxDelta === null ? 'on' : `to below ${line.cycleLast + maxDelta}`;
        return {
          expected: `${accepted.program} on vCPU ${accepted.actor.vcpu}: version ${published.version} for counter values from ${line.cycleLast} ${end}`,
          observed: `${ns} ns of it at counter ${counter}, where ${at(line, counter)} ns is exact`,
          evidence: [published, accepted],
        };
      },
    };
  },
};

/** Who took no word asked somebody who can wait for the writer, and has the newest data's exact value. */
function judgeFallBack(accepted: ReaderAccepted, seen: DataSeen): Finding {
  const { ns, counter } = accepted;
  const newest = seen.newestOf(accepted);
  if (ns === undefined || counter === undefined || newest === undefined) return undefined;
  if (newest.line === null) return undefined;
  const owed = at(newest.line, counter);
  if (ns === owed) return 'held';
  return {
    expected: `${accepted.program} on vCPU ${accepted.actor.vcpu}: ${owed} ns from who it fell back to, at counter ${counter}`,
    observed: `${ns} ns`,
    evidence: [newest, accepted],
  };
}
