import type { Property } from '../contract/property.js';

/**
 * After the last step of a writer a lockless reader that is given steps ends within one failed and one
 * successful round. A reader of a latch needs no writer to go on at all: each of its failed rounds saw
 * another update. None waits for a writer that waits for it, as an NMI does in its own writer.
 */
export const readerFinishes: Property = {
  name: 'reader-finishes',
  statement: 'A lockless reader that is given steps comes to an end.',
  source: {
    title: 'Documentation/locking/seqlock.rst: latch sequence counters',
    url: 'https://docs.kernel.org/locking/seqlock.html#latch-sequence-counters-seqcount-latch-t',
  },
  monitor: () => ({
    'reader-accepted': () => 'held',
    'reader-waited': (waited) => ({
      expected: `${waited.program} on vCPU ${waited.actor.vcpu}: an end after one failed round without a store`,
      observed: `it spins: ${waited.because}`,
      evidence: [waited],
    }),
  }),
};
