import { accept, type ConcurrentProgram, ELAPSE } from '../concurrent.js';
import { seqcountRead, seqcountWrite } from '../seqcount.js';
import {
  EVERYWHERE,
  lineAt,
  lineFrom,
  NOWHERE,
  publishing,
  type Row,
  readersOf,
  TSC_STATE_THREAD,
  writerOf,
} from './parts.js';

/** Where the second data begin. */
const CHANGE_AT = 2n;
const FUTURE = ['changeAt', 'first', 'second'] as const;

/** How a change of frequency that is scheduled goes. */
interface Future {
  /** Which data a reader takes for a counter value. */
  readonly takes?: (counter: bigint, changeAt: bigint) => 'first' | 'second';
  /** How far the second data begin above the first, ns. */
  readonly step?: bigint;
}

/** Data with a second line that holds from a counter value on: a frequency shift that is scheduled. */
function future(row: Row, parts: Future): ConcurrentProgram {
  const { takes = (counter, changeAt) => (counter < changeAt ? 'first' : 'second') } = parts;
  const line = lineFrom(0n);
  const next = { cycleLast: CHANGE_AT, mult: 2n, base: CHANGE_AT + (parts.step ?? 0n) };
  const bases = { changeAt: CHANGE_AT, first: line.base, second: next.base };
  const published = { version: 1, line, next, changeAt: CHANGE_AT, monotone: true };
  return {
    source: TSC_STATE_THREAD,
    ...row,
    // Before the first update there is a change, too: in the far future.
    words: { seq: 0n, changeAt: 1000n, first: 0n, second: 0n },
    published: { version: 0, line },
    threads: (bounds) => [
      writerOf(function* () {
        yield ELAPSE;
        const section = seqcountWrite({ words: FUTURE });
        yield* publishing(section, {
          odd: 1n,
          even: 2n,
          replaces: 0,
          published,
          values: bases,
        });
        for (let time = 0; time < 2; time++) yield ELAPSE;
      }),
      ...readersOf(bounds, function* () {
        const { counter, words } = yield* seqcountRead({ words: FUTURE, counter: 'inside' });
        const { changeAt, first, second } = words;
        const ns =
          takes(counter, changeAt) === 'first'
            ? lineAt({ ...line, base: first }, counter)
            : lineAt({ ...next, base: second }, counter);
        yield accept(FUTURE, { counter: true, ns });
      }),
    ],
  };
}

const LATE = ['future-data-is-used-on-time'];

export const FUTURES: readonly ConcurrentProgram[] = [
  future(
    {
      name: 'future-copy',
      statement: 'Readers with t < t_change take the first data, the others the second.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    {},
  ),
  future(
    {
      name: 'future-copy-change-excluded',
      statement: 'The reader takes the first data at t_change too.',
      soundOn: NOWHERE,
      breaks: LATE,
    },
    { takes: (counter, changeAt) => (counter <= changeAt ? 'first' : 'second'), step: 1n },
  ),
  future(
    {
      name: 'future-copy-too-early',
      statement: 'The reader takes the second data as soon as they are there.',
      soundOn: NOWHERE,
      breaks: LATE,
    },
    { takes: (_counter, changeAt) => (changeAt === CHANGE_AT ? 'second' : 'first') },
  ),
  future(
    {
      name: 'future-copy-steps',
      statement: 'The second data begin 2 ns above the first.',
      soundOn: NOWHERE,
      breaks: LATE,
    },
    { step: 2n },
  ),
];
