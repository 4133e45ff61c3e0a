import type { DataPublished } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import { at, DataSeen } from './data-seen.js';

/** Rounding to whole ns on either side. */
const ROUNDING_NS = 1n;

/**
 * Where a change of frequency is scheduled for a counter value, readers with a smaller value use the
 * first data and readers with that value or a larger one the second; both agree there to 1 ns, and
 * where that is declared the second does not begin lower.
 */
export const futureDataIsUsedOnTime: Property = {
  name: 'future-data-is-used-on-time',
  statement: 'Data that hold from a counter value on are used from that value on, and not before.',
  source: {
    title: 'LKML, 8 December 2020: two copies, and the counter value at which they change',
    url: 'https://lore.kernel.org/kvm/?q=KVM_SET_TSC_STATE',
  },
  monitor: () => {
    const seen = new DataSeen();
    return {
      'data-published': (published) => {
        seen.add(published);
        return judgeChange(published);
      },
      'reader-accepted': (accepted) => {
        const read = seen.ofOne(accepted);
        const { ns } = accepted;
        if (read === undefined || ns === undefined) return undefined;
        const { published, counter } = read;
        const { line, next, changeAt } = published;
        if (line === null || next === null || changeAt === null) return undefined;
        const isChanged = counter >= changeAt;
        const owed = at(isChanged ? next : line, counter);
        if (ns === owed) return 'held';
        return {
          expected: `${accepted.program} on vCPU ${accepted.actor.vcpu}: ${owed} ns, the ${isChanged ? 'second' : 'first'} data, at counter ${counter}; they change at ${changeAt}`,
          observed: `${ns} ns`,
          evidence: [published, accepted],
        };
      },
    };
  },
};

function judgeChange(published: DataPublished): Finding {
  const { line, next, changeAt, monotone, program, version } = published;
  if (line === null || next === null || changeAt === null) return undefined;
  const first = at(line, changeAt);
  const second = at(next, changeAt);
  const isClose = second - first <= ROUNDING_NS && first - second <= ROUNDING_NS;
  if (isClose && (!monotone || second >= first)) return 'held';
  const bound = monotone ? 'at most 1 ns above' : 'within 1 ns of';
  return {
    expected: `${program}, version ${version}: second data ${bound} ${first} ns at counter ${changeAt}, where they begin`,
    observed: `${second} ns`,
    evidence: [published],
  };
}
