import {
  type Access,
  COUNTER,
  load,
  loadAcquire,
  type Program,
  READ_FENCE,
  RELAX,
  store,
  WRITE_FENCE,
} from './program.js';

/** How a reader of a latch goes about it: the kernel's way, or a mistake. */
export interface LatchReader {
  readonly words: readonly string[];
  /** Whether it samples the counter between the two looks at the sequence. */
  readonly counter?: boolean;
  /** smp_rmb() before the second look at the sequence; left out: true. */
  readonly fence?: boolean;
  /** Whether what was read can be used; where not, what is done instead. Left out: it can. */
  readonly horizon?: (read: LatchRead) => 'inside' | 'retry' | 'leave';
}

/** What a reader of a latch took. */
export interface LatchRead {
  readonly counter: bigint;
  readonly values: Readonly<Record<string, bigint>>;
  /** The words as they are called in the copy that was read. */
  readonly words: readonly string[];
}

/**
 * A reader of two copies: the sequence says which of them no writer touches, so that it never waits for
 * a write that is under way. As raw_read_seqcount_latch() to read_seqcount_latch_retry().
 *
 * @returns what it took; undefined: it is beyond the horizon and leaves.
 */
export function* latchRead(reader: LatchReader): Program<LatchRead | undefined> {
  const { counter: samples = false, fence = true, horizon } = reader;
  for (;;) {
    const seq = yield loadAcquire('seq');
    const words = reader.words.map((word) => copied(word, seq & 1n));
    const counter = samples ? yield COUNTER : 0n;
    const values: Record<string, bigint> = {};
    for (const [at, word] of reader.words.entries()) values[word] = yield load(words[at] ?? word);
    if (fence) yield READ_FENCE;
    const again = yield load('seq');
    const read = { counter, values, words };
    const place = again === seq ? (horizon?.(read) ?? 'inside') : 'retry';
    if (place === 'inside') return read;
    if (place === 'leave') return undefined;
    yield RELAX;
  }
}

export interface LatchWriter {
  readonly words: readonly string[];
  /** smp_wmb() around each step of the sequence; left out: true. */
  readonly fences?: boolean;
  /** Readers are sent to the other copy before one is written; left out: true. */
  readonly switches?: boolean;
}

/**
 * Sends readers to the second copy, writes the first, sends them back, writes the second. As
 * update_fast_timekeeper(). Values are those of whoever runs it.
 */
export function* latchWrite({ words, fences = true, switches = true }: LatchWriter): Program<void> {
  if (switches) yield* step(fences);
  for (const word of words) yield store(copied(word, 0n));
  if (switches) yield* step(fences);
  for (const word of words) yield store(copied(word, 1n));
}

function* step(fences: boolean): Generator<Access, void, bigint> {
  if (fences) yield WRITE_FENCE;
  yield store('seq');
  if (fences) yield WRITE_FENCE;
}

/** The name of a word in one of the copies. */
export function copied(word: string, copy: bigint): string {
  return `${word}[${copy}]`;
}
