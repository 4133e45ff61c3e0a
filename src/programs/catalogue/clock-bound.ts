import type { Source } from '../../contract/property.js';
import { accept, type ConcurrentProgram, ELAPSE } from '../concurrent.js';
import { COUNTER, load, READ_FENCE } from '../program.js';
import { seqcountRead, seqcountWrite } from '../seqcount.js';
import {
  EVERYWHERE,
  hostOf,
  lineAt,
  lineFrom,
  NOWHERE,
  publishing,
  type Row,
  readersOf,
} from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
const MISPAIRED = ['reader-pairs-counter-with-its-page'];
const CLOCK_BOUND: Source = {
  title: 'ClockBound protocol: docs/PROTOCOL.md',
  url: 'https://github.com/aws/clock-bound/blob/main/docs/PROTOCOL.md',
};

/** A generation of some bits: odd while it is written, and 2 after its largest, as 0 means never written. */
function clockBound(row: Row, { bits = 16, caches = false }): ConcurrentProgram {
  const words = ['asOf', 'bound'];
  const first = 2n;
  const following = (generation: bigint) =>
    generation + 2n >= 1n << BigInt(bits) ? 2n : generation + 2n;
  return {
    source: CLOCK_BOUND,
    ...row,
    words: { generation: first, asOf: 0n, bound: 0n },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      hostOf(function* () {
        let generation = first;
        for (let version = 1; version <= bounds.writes; version++) {
          yield ELAPSE;
          const now = yield COUNTER;
          const odd = generation + 1n;
          generation = following(generation);
          const section = seqcountWrite({ words, sequence: 'generation' });
          yield* publishing(section, {
            sequence: 'generation',
            odd,
            even: generation,
            replaces: version - 1,
            published: { version, line: lineFrom(now) },
            values: { asOf: now, bound: now },
            behindOdd: [ELAPSE],
          });
        }
      }),
      ...readersOf(bounds, function* () {
        const read = yield* seqcountRead({ words, sequence: 'generation' });
        if (!caches) {
          yield accept(words);
          return;
        }
        const counter = yield COUNTER;
        yield READ_FENCE;
        if ((yield load('generation')) !== read.seq) return;
        const { asOf = 0n, bound = 0n } = read.words;
        const ns = lineAt({ cycleLast: asOf, mult: 1n, base: bound }, counter);
        yield accept(words, { counter: true, ns });
      }),
    ],
  };
}

export const CLOCK_BOUNDS: readonly ConcurrentProgram[] = [
  clockBound(
    {
      name: 'clock-bound',
      statement: 'A generation of 16 bits, odd while it is written, 2 after its largest.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    {},
  ),
  clockBound(
    {
      name: 'clock-bound-generation-wraps',
      statement:
        'A generation of 2 bits comes round within a read, as 16 bits do after 32,767 writes.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { bits: 2 },
  ),
  clockBound(
    {
      name: 'clock-bound-cache',
      statement: 'A client takes what it kept while the generation is the same.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { caches: true },
  ),
  clockBound(
    {
      name: 'clock-bound-cache-wraps',
      statement: 'A client takes what it kept when the generation has come round.',
      soundOn: NOWHERE,
      breaks: [...TORN, ...MISPAIRED],
    },
    { bits: 2, caches: true },
  ),
];
