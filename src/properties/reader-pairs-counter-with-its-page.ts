import type { CounterDomain, DataPublished, ReaderAccepted } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import { at, type CounterRead, DataSeen, isWithin } from './data-seen.js';

/**
 * A reader uses its counter value with a publication that describes that counter, and that could be
 * taken when the value was sampled: from its release until what replaces it is under way (for a latch:
 * is there). What it computes is the publication's own formula for that value.
 *
 * Outside of the publication's horizon nothing is owed here: see `reader-respects-its-horizon`; a
 * counter that was adjusted is `counter-change-is-invisible`.
 */
export const readerPairsCounterWithItsPage: Property = {
  name: 'reader-pairs-counter-with-its-page',
  statement:
    'A lockless reader uses a counter value with data that describe that counter and stood when it was sampled.',
  source: {
    title: 'LKML, 8 December 2020: a read that begins on one host and ends on another',
    url: 'https://lore.kernel.org/kvm/?q=KVM_SET_TSC_STATE',
  },
  monitor: () => {
    const seen = new DataSeen();
    /** Reads of data that nothing had replaced yet. */
    const open: CounterRead[] = [];
    const successors = new Map<DataPublished, DataPublished>();
    return {
      'data-published': (published) => {
        seen.add(published);
        const replaced =
          published.replaces === null ? undefined : seen.find(published, published.replaces);
        if (replaced === undefined) return undefined;
        successors.set(replaced, published);
        const late = open.find((read) => read.published === replaced && isLate(read, published));
        return late === undefined ? undefined : tooLate(late, published);
      },
      'reader-accepted': (accepted) => {
        const read = seen.ofOne(accepted);
        if (read === undefined) return undefined;
        const finding = judge(read);
        if (finding !== 'held') return finding;
        const successor = successors.get(read.published);
        if (successor === undefined) open.push(read);
        else if (isLate(read, successor)) return tooLate(read, successor);
        return 'held';
      },
    };
  },
};

function judge(read: CounterRead): Finding {
  const { accepted, published, counter } = read;
  const { domain, sampledAt, ns, program, actor } = accepted;
  const who = `${program} on vCPU ${actor.vcpu}`;
  if (domain !== undefined && !describes(published.domain, domain)) {
    return {
      expected: `${who}: a counter value of ${placeOf(published.domain)}, which version ${published.version} describes`,
      observed: `${counter}, sampled on ${placeOf(domain)}`,
      evidence: [published, accepted],
    };
  }
  if (
    sampledAt !== undefined &&
    isDatedAlike(published, accepted) &&
    sampledAt < published.releasedAt
  ) {
    return {
      expected: `${who}: a counter value sampled at or after ${published.releasedAt}, when version ${published.version} was released`,
      observed: `sampled at ${sampledAt}`,
      evidence: [published, accepted],
    };
  }
  const { line, changeAt, next } = published;
  if (ns === undefined || line === null || !isWithin(published, counter)) return 'held';
  const owed = at(changeAt !== null && next !== null && counter >= changeAt ? next : line, counter);
  // At a boundary between two lines the other law decides which one holds.
  if (ns === owed || changeAt !== null) return 'held';
  return {
    expected: `${who}: ${owed} ns, the formula of version ${published.version} at counter ${counter}`,
    observed: `${ns} ns`,
    evidence: [published, accepted],
  };
}

/** Whether a read's counter was sampled when its data had been replaced. */
function isLate({ accepted, published }: CounterRead, { replacedAt }: DataPublished): boolean {
  const { sampledAt } = accepted;
  if (sampledAt === undefined || replacedAt === null) return false;
  return isDatedAlike(published, accepted) && sampledAt > replacedAt;
}

function tooLate({ accepted, published }: CounterRead, successor: DataPublished): Finding {
  return {
    expected: `${accepted.program} on vCPU ${accepted.actor.vcpu}: with version ${published.version} a counter value sampled at or before ${successor.replacedAt}, when its time ended`,
    observed: `sampled at ${accepted.sampledAt}`,
    evidence: [published, accepted, successor],
  };
}

/** Whether a read's counter and the times of a publication can be compared. */
function isDatedAlike({ domain }: DataPublished, accepted: ReaderAccepted): boolean {
  return accepted.domain?.host === domain.host && accepted.domain.adjusted === domain.adjusted;
}

/** How often TSC_ADJUST was written is another law's. */
function describes(page: CounterDomain, sample: CounterDomain): boolean {
  return page.host === sample.host && (page.vcpu === null || page.vcpu === sample.vcpu);
}

function placeOf({ host, vcpu }: CounterDomain): string {
  return vcpu === null ? `host ${host}` : `host ${host}, vCPU ${vcpu}`;
}
