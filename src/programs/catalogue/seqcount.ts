import { accept, type ConcurrentProgram } from '../concurrent.js';
import {
  type SeqcountReader,
  type SeqcountWriter,
  seqcountRead,
  seqcountWrite,
} from '../seqcount.js';
import {
  countedSection,
  EVERYWHERE,
  NOWHERE,
  ON_STRONG,
  publishing,
  type Row,
  readersOf,
  SEQLOCK,
  writerOf,
} from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
const WORDS = ['a', 'b'] as const;

/** Two words under a sequence. */
function seqcount(
  row: Row,
  reader: Partial<SeqcountReader> = {},
  writer: Partial<SeqcountWriter> = {},
): ConcurrentProgram {
  const words = reader.words ?? WORDS;
  return {
    source: SEQLOCK,
    ...row,
    words: { seq: 0n, a: 0n, b: 0n },
    published: { version: 0 },
    threads: (bounds) => [
      writerOf(function* () {
        for (let version = 1; version <= bounds.writes; version++) {
          const section = seqcountWrite({ words: WORDS, ...writer });
          yield* publishing(section, countedSection(version));
        }
      }),
      ...readersOf(bounds, function* () {
        yield* seqcountRead({ words, ...reader });
        yield accept(words);
      }),
    ],
  };
}

export const SEQCOUNTS: readonly ConcurrentProgram[] = [
  seqcount({
    name: 'seqcount',
    statement: 'A writer makes the sequence odd, writes, makes it even; readers retry.',
    soundOn: EVERYWHERE,
    breaks: [],
    bounds: { readers: 2 },
  }),
  seqcount(
    {
      name: 'seqcount-no-read-fence',
      statement: 'The reader looks at the sequence again without smp_rmb() before it.',
      soundOn: ON_STRONG,
      breaks: TORN,
    },
    { recheck: 'none' },
  ),
  seqcount(
    {
      name: 'seqcount-plain-begin',
      statement: 'The first look at the sequence does not keep the loads behind it.',
      soundOn: ON_STRONG,
      breaks: TORN,
    },
    { acquires: false },
  ),
  seqcount(
    {
      name: 'seqcount-no-write-fence',
      statement: 'The writer has no smp_wmb() between sequence and words.',
      soundOn: ON_STRONG,
      breaks: TORN,
    },
    {},
    { fences: false },
  ),
  seqcount(
    {
      name: 'seqcount-no-retry',
      statement: 'The reader does not look at the sequence again.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { recheck: 'missing' },
  ),
  seqcount(
    {
      name: 'seqcount-odd-accepted',
      statement: 'The reader does not mind an odd sequence.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { waitsForEven: false },
  ),
  {
    name: 'seqcount-nmi-reader',
    statement: 'A reader in an NMI interrupts its own writer.',
    source: SEQLOCK,
    soundOn: NOWHERE,
    breaks: ['reader-finishes'],
    words: { seq: 0n, a: 0n, b: 0n },
    published: { version: 0 },
    threads: (bounds) => [
      writerOf(function* () {
        yield* publishing(seqcountWrite({ words: WORDS }), countedSection(1));
      }),
      ...readersOf(
        { ...bounds, readers: 1 },
        function* () {
          yield* seqcountRead({ words: WORDS });
          yield accept(WORDS);
        },
        { name: 'NMI', interrupts: 'writer' },
      ),
    ],
  },
];
