import type { Source } from '../../contract/property.js';
import { accept, type Act, type Bounds, type ConcurrentProgram, type NotedStore, type Thread } from '../concurrent.js';
import type { Program } from '../program.js';
import { seqcountRead, type SeqcountReader, type SeqcountWriter, seqcountWrite } from '../seqcount.js';

const SOURCE: Source = {
  title: 'Documentation/locking/seqlock.rst',
  url: 'https://docs.kernel.org/locking/seqlock.html',
};
const WORDS = ['a', 'b'] as const;

/** Fills in what a write section stores: publication `version` over the one before. */
function* filled(section: Program<void>, version: number): Program<void, Act> {
  let stores = 0;
  for (let state = section.next(); state.done !== true; ) {
    const act = state.value;
    if (act.kind !== 'store') {
      state = section.next(yield act);
      continue;
    }
    const isSequence = act.word === 'seq';
    const noted: NotedStore = isSequence
      ? {
          ...act,
          value: BigInt(2 * version - 1 + (stores === 0 ? 0 : 1)),
          version,
          ...(stores === 0 ? { replaces: version - 1 } : { releases: { version } }),
        }
      : { ...act, value: BigInt(version), version };
    stores++;
    state = section.next(yield noted);
  }
}

function readers({ readers }: Bounds, reader: SeqcountReader): readonly Thread[] {
  return Array.from({ length: readers }, (_, at) => ({
    name: `reader ${at}`,
    role: 'reader',
    *body() {
      yield* seqcountRead(reader);
      yield accept(reader.words);
    },
  }));
}

function seqcount(
  row: Pick<ConcurrentProgram, 'name' | 'statement' | 'soundOn' | 'breaks'>,
  reader: Partial<SeqcountReader> = {},
  writer: Partial<SeqcountWriter> = {},
): ConcurrentProgram {
  return {
    source: SOURCE,
    ...row,
    words: { seq: 0n, a: 0n, b: 0n },
    published: { version: 0 },
    threads: (bounds) => [
      {
        name: 'writer',
        role: 'writer',
        *body() {
          for (let version = 1; version <= bounds.writes; version++) {
            yield* filled(seqcountWrite({ words: WORDS, ...writer }), version);
          }
        },
      },
      ...readers(bounds, { words: WORDS, ...reader }),
    ],
  };
}

export const SEQCOUNTS: readonly ConcurrentProgram[] = [
  seqcount({ name: 'seqcount', statement: 'A reader.', soundOn: ['sc', 'tso', 'weak'], breaks: [] }),
  seqcount({ name: 'seqcount-no-read-fence', statement: 'A reader.', soundOn: ['sc', 'tso'], breaks: ['reader-never-sees-torn-data'] }, { recheck: 'none' }),
  seqcount({ name: 'seqcount-no-write-fence', statement: 'A reader.', soundOn: ['sc', 'tso'], breaks: ['reader-never-sees-torn-data'] }, {}, { fences: false }),
];
