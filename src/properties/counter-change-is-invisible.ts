import type { DataPublished } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import { at, DataSeen } from './data-seen.js';

/** Rounding to whole ns. */
const ROUNDING_NS = 1n;

/**
 * A change of all counters (TSC_ADJUST) is told to readers by the data that they read: none uses a
 * counter value of before with data of after, or the other way round, and at the change itself old
 * data with the old value and new data with the new one show the same to 1 ns.
 *
 * The second part is judged where no time passes between the end of the old data and the release of
 * the new.
 */
export const counterChangeIsInvisible: Property = {
  name: 'counter-change-is-invisible',
  statement: 'A change of the counters under the write lock changes no read.',
  source: {
    title: 'LKML, 8 December 2020: adding a value to TSC_ADJUST on all CPUs under the seqlock',
    url: 'https://lore.kernel.org/kvm/?q=KVM_SET_TSC_STATE',
  },
  monitor: () => {
    const seen = new DataSeen();
    let hasChanged = false;
    return {
      'data-published': (published) => {
        seen.add(published);
        if (published.domain.adjusted > 0) hasChanged = true;
        return judgeChange(published, seen);
      },
      'reader-accepted': (accepted) => {
        const read = seen.ofOne(accepted);
        const { domain } = accepted;
        if (read === undefined || domain === undefined) return undefined;
        if (domain.adjusted > 0) hasChanged = true;
        const { published, counter } = read;
        if (domain.adjusted === published.domain.adjusted) return hasChanged ? 'held' : undefined;
        return {
          expected: `${accepted.program} on vCPU ${accepted.actor.vcpu}: version ${published.version} with a counter adjusted ${times(published.domain.adjusted)}`,
          observed: `${counter}, of a counter adjusted ${times(domain.adjusted)}`,
          evidence: [published, accepted],
        };
      },
    };
  },
};

function judgeChange(published: DataPublished, seen: DataSeen): Finding {
  const { replaces, replacedAt, releasedAt, line, domain, program, version } = published;
  const old = replaces === null ? undefined : seen.find(published, replaces);
  if (old === undefined || old.line === null || line === null || replacedAt === null) {
    return undefined;
  }
  if (domain.host !== old.domain.host || domain.adjusted !== old.domain.adjusted + 1) {
    return undefined;
  }
  const before = at(old.line, replacedAt);
  const after = at(line, releasedAt);
  if (after - before <= ROUNDING_NS && before - after <= ROUNDING_NS) return 'held';
  return {
    expected: `${program}, version ${version}: within 1 ns of ${before} ns, what version ${old.version} shows at the change`,
    observed: `${after} ns`,
    evidence: [old, published],
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
