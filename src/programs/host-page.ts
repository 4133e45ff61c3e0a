import { COUNTER, load, type Program, RELAX } from './program.js';
import { type AcceptedRead, seqcountRead } from './seqcount.js';

/** What a page of the host's says of the time: its counter there, the clocks at that value, and its frequency. */
export const PAGE_WORDS = ['reference', 'realtime', 'monotonic', 'frequency'] as const;
export type PageWord = (typeof PAGE_WORDS)[number];

/**
 * What a reader compares before and after, to see that it was one page all along.
 *
 * - `sequence`: the page's own sequence, which another host's page may begin anew.
 * - `sequence-and-count`: around that, a count of migrations that travels with the guest.
 * - `count-inside`: the same, both looks at it after the first at the sequence and before the last.
 * - `nothing`: it trusts an interrupt to come in time.
 */
export type PageGuards = 'sequence' | 'sequence-and-count' | 'count-inside' | 'nothing';

/** The count, and the second look at it. */
export type GuardWord = 'seq' | 'count' | 'count-again';

const WITH_COUNTS = ['count', ...PAGE_WORDS, 'count-again'] as const;

/** The reader of such a page, after the 2021 thread on the latch: the counter is read between the looks. */
export function* pageRead(guards: PageGuards): Program<AcceptedRead<PageWord>> {
  for (;;) {
    switch (guards) {
      case 'nothing':
        return yield* plainRead();
      case 'sequence':
        return yield* seqcountRead({ words: PAGE_WORDS, counter: 'inside' });
      case 'count-inside': {
        const read = yield* seqcountRead({ words: WITH_COUNTS, counter: 'inside' });
        if (read.words.count === read.words['count-again']) return read;
        break;
      }
      case 'sequence-and-count': {
        const count = yield load('count');
        const read = yield* seqcountRead({ words: PAGE_WORDS, counter: 'inside' });
        if ((yield load('count')) === count) return read;
      }
    }
    yield RELAX;
  }
}

function* plainRead(): Program<AcceptedRead<PageWord>> {
  const counter = yield COUNTER;
  const words = { reference: 0n, realtime: 0n, monotonic: 0n, frequency: 0n };
  for (const word of PAGE_WORDS) words[word] = yield load(word);
  return { seq: 0n, counter, words };
}
