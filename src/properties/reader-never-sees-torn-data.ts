import type { EventOf } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';

/**
 * All words that a completed read accepts belong to one publication; one word alone cannot be
 * torn.
 */
export const readerNeverSeesTornData: Property = {
  name: 'reader-never-sees-torn-data',
  statement: 'What a lockless reader accepts was published together.',
  source: {
    title: 'Documentation/locking/seqlock.rst: readers retry until they saw one version',
    url: 'https://docs.kernel.org/locking/seqlock.html',
  },
  monitor: () => ({ 'reader-accepted': judge }),
};

function judge(accepted: EventOf<'reader-accepted'>): Finding {
  const { versions, words, program, actor } = accepted;
  const [first] = versions;
  for (const version of versions) {
    if (version === first) continue;
    return {
      expected: `${program} on vCPU ${actor.vcpu}: all words of one publication`,
      observed: words.map((word, at) => `${word} of ${versions[at]}`).join(', '),
      evidence: [accepted],
    };
  }
  return versions.length > 1 ? 'held' : undefined;
}
