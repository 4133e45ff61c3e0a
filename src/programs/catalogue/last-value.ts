import { type Act, accept, type ConcurrentProgram } from '../concurrent.js';
import { load, type Program } from '../program.js';
import { seqcountRead, seqcountWrite } from '../seqcount.js';
import { EVERYWHERE, lineFrom, NOWHERE, publishing, type Row, writerOf } from './parts.js';

const WORDS = ['cycleLast', 'base'] as const;
/** What the clock showed before it was set back to 0. */
const BEFORE = 100n;
/** The bound and the sequence that it was read under, in one word: bound * 16 + sequence. */
const SHIFT = 4n;

/**
 * A clock that must not go back between two sets of it: who has read it keeps the value as the lower
 * bound of later reads, and who sets it takes the bound away.
 */
function lastValue(row: Row, isVersioned: boolean): ConcurrentProgram {
  const line = lineFrom(0n, BEFORE);
  return {
    source: {
      title: 'Xen, linux-2.6.18: do not write an old bound back after settime',
      url: 'https://xenbits.xen.org/hg/linux-2.6.18-xen.hg/rev/51e5deb7089a',
    },
    ...row,
    words: { seq: 0n, cycleLast: 0n, base: BEFORE, bound: 0n },
    published: { version: 0, line },
    threads: () => [
      writerOf(function* () {
        yield* publishing(seqcountWrite({ words: [...WORDS, 'bound'] }), {
          odd: 1n,
          even: 2n,
          replaces: 0,
          published: { version: 1, line: lineFrom(0n) },
          values: { cycleLast: 0n, base: 0n, bound: 2n },
        });
      }),
      {
        name: 'reader 0',
        role: 'reader',
        *body() {
          const { seq, ns } = yield* read();
          yield { kind: 'store', word: 'bound', value: (ns << SHIFT) + seq };
        },
      },
      {
        name: 'reader 1',
        role: 'reader',
        *body() {
          const { seq, ns } = yield* read();
          const bound = yield load('bound');
          const isOfThis = !isVersioned || BigInt.asUintN(Number(SHIFT), bound) === seq;
          const lowest = isOfThis ? bound >> SHIFT : 0n;
          yield accept(WORDS, { counter: true, ns: ns > lowest ? ns : lowest });
        },
      },
    ],
  };
}

function* read(): Program<{ readonly seq: bigint; readonly ns: bigint }, Act> {
  const { seq, counter, words } = yield* seqcountRead({ words: WORDS, counter: 'inside' });
  return { seq, ns: words.base + counter - words.cycleLast };
}

export const LAST_VALUES: readonly ConcurrentProgram[] = [
  lastValue(
    {
      name: 'seq-xen-monotonic-writeback',
      statement: 'A reader stores its value as the lower bound after the clock was set back.',
      soundOn: NOWHERE,
      breaks: ['reader-pairs-counter-with-its-page'],
    },
    false,
  ),
  lastValue(
    {
      name: 'last-value-with-its-version',
      statement: 'The lower bound says which setting of the clock it was read under.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    true,
  ),
];
