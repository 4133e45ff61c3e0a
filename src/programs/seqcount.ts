import {
  COUNTER,
  load,
  loadAcquire,
  type Program,
  READ_FENCE,
  RELAX,
  store,
  WRITE_FENCE,
} from './program.js';

/** What a reader of the timekeeper needs, in the order it loads them. */
export const TIMEKEEPER_WORDS = ['cycleLast', 'mult', 'xtimeNsec', 'base'] as const;
export type TimekeeperWord = (typeof TIMEKEEPER_WORDS)[number];

/** What one read accepted; `seq` is the number that it began with. */
export interface AcceptedRead<Word extends string = string> {
  readonly seq: bigint;
  /** 0 where the reader takes no sample. */
  readonly counter: bigint;
  readonly words: Readonly<Record<Word, bigint>>;
}

/** How a reader goes about it: the kernel's way, or a mistake. */
export interface SeqcountReader<Word extends string = string> {
  readonly words: readonly Word[];
  /** Where it samples the counter: between the two looks at the sequence, or somewhere wrong. */
  readonly counter?: 'inside' | 'before' | 'after';
  /** The first look at the sequence keeps the loads behind it; left out: true. */
  readonly acquires?: boolean;
  /** An odd sequence is a writer at work: read again; left out: true. */
  readonly waitsForEven?: boolean;
  /** smp_rmb() before the second look: 'acquire' is the load that looks like it and is not. */
  readonly recheck?: 'fence' | 'acquire' | 'none' | 'missing';
  /** The word that holds the sequence; left out: `seq`. */
  readonly sequence?: string;
}

/**
 * The lockless reader: spins while a writer is at work and reads again if one came by. As
 * read_seqcount_begin() to read_seqcount_retry(), and with a counter as ktime_get().
 */
export function* seqcountRead<Word extends string>(
  reader: SeqcountReader<Word>,
): Program<AcceptedRead<Word>> {
  const { words, acquires = true, waitsForEven = true, recheck = 'fence' } = reader;
  const sequence = reader.sequence ?? 'seq';
  for (;;) {
    let counter = reader.counter === 'before' ? yield COUNTER : 0n;
    const seq = yield acquires ? loadAcquire(sequence) : load(sequence);
    if (waitsForEven && (seq & 1n) !== 0n) {
      yield RELAX;
      continue;
    }
    if (reader.counter === 'inside') counter = yield COUNTER;
    const loaded: [Word, bigint][] = [];
    for (const word of words) loaded.push([word, yield load(word)]);
    if (recheck === 'fence') yield READ_FENCE;
    if (recheck !== 'missing') {
      const again = yield recheck === 'acquire' ? loadAcquire(sequence) : load(sequence);
      if (again !== seq) {
        yield RELAX;
        continue;
      }
    }
    if (reader.counter === 'after') counter = yield COUNTER;
    return { seq, counter, words: Object.fromEntries(loaded) as Record<Word, bigint> };
  }
}

/** How a writer goes about it: the kernel's way, or a mistake. */
export interface SeqcountWriter {
  readonly words: readonly string[];
  /** smp_wmb() behind the odd sequence and before the even one; left out: true. */
  readonly fences?: boolean;
  /** The word that holds the sequence; left out: `seq`. */
  readonly sequence?: string;
}

/**
 * A write section: the sequence odd, the words, the sequence even. As write_seqcount_begin() to
 * write_seqcount_end(). Values are those of whoever runs it.
 */
export function* seqcountWrite({
  words,
  fences = true,
  sequence = 'seq',
}: SeqcountWriter): Program<void> {
  yield store(sequence);
  if (fences) yield WRITE_FENCE;
  for (const word of words) yield store(word);
  if (fences) yield WRITE_FENCE;
  yield store(sequence);
}

/**
 * The tick's writer: it samples the counter and computes on its shadow copy while readers run on
 * the old words, then publishes word by word with the sequence odd. As timekeeping_advance().
 *
 * The runner ends it after the sample where there is nothing to publish.
 */
export function* tickWrite(): Program<void> {
  yield COUNTER;
  yield* seqcountWrite({ words: TIMEKEEPER_WORDS });
}
