import {
  type Act,
  accept,
  type ConcurrentProgram,
  ELAPSE,
  elapse,
  type Publication,
  type Thread,
} from '../concurrent.js';
import { type LatchReader, type LatchWriter, latchRead, latchWrite } from '../latch.js';
import { COUNTER, type Program } from '../program.js';
import { lineFrom, type Row, readersOf, retold, SEQLOCK, writerOf } from './parts.js';

const WORDS = ['cycleLast', 'base'] as const;
/** The product has four bits here, where the kernel's has 64: it holds for deltas below 16. */
export const MAX_DELTA = 16n;
const PRODUCT_BITS = 4;

/** What a latch of this room is made of; each part has the kernel's way as its default. */
interface Latch {
  readonly reader?: Partial<LatchReader>;
  readonly writer?: Partial<LatchWriter>;
  readonly thread?: Partial<Thread>;
  /** Time that passes after the last update. */
  readonly later?: bigint;
  /** Whom a reader beyond the horizon asks. */
  readonly asks?: 'kernel' | 'host';
  readonly skew?: readonly bigint[];
  /** Once, at any time, the VM goes on on a host with another counter. */
  readonly migrates?: { readonly counter: bigint };
}

/** A clock in two copies, a writer that updates it, and a reader that computes with it. */
export function latch(row: Row, parts: Latch = {}): ConcurrentProgram {
  const { reader, writer, thread, later = 1n, asks = 'host', skew, migrates } = parts;
  const first: Publication = { version: 0, line: lineFrom(0n), maxDelta: MAX_DELTA };
  const copies = ['[0]', '[1]'].flatMap((copy) => WORDS.map((word) => [`${word}${copy}`, 0n]));
  return {
    source: SEQLOCK,
    ...row,
    words: { seq: 0n, ...Object.fromEntries(copies) },
    published: first,
    ...(skew === undefined ? {} : { skew }),
    threads: (bounds) => [
      writerOf(function* () {
        for (let version = 1; version <= bounds.writes; version++) {
          yield ELAPSE;
          const cycleLast = yield COUNTER;
          yield* updating(latchWrite({ words: WORDS, ...writer }), version, cycleLast);
        }
        yield elapse(later);
      }),
      ...readersOf(
        bounds,
        function* () {
          const read = yield* latchRead({ words: WORDS, counter: true, ...reader });
          if (read === undefined) {
            const ns = yield { kind: 'ask', whom: asks };
            yield accept([], { counter: true, ns });
            return;
          }
          const { cycleLast = 0n, base = 0n } = read.values;
          const delta = BigInt.asUintN(PRODUCT_BITS, read.counter - cycleLast);
          yield accept(read.words, { counter: true, ns: base + delta });
        },
        { waitFree: true, ...thread },
      ),
      ...migration(migrates),
    ],
  };
}

function migration(migrates: Latch['migrates']): readonly Thread[] {
  if (migrates === undefined) return [];
  return [
    {
      name: 'host',
      role: 'host',
      *body() {
        yield { kind: 'migrate', to: 1, counter: migrates.counter, words: [] };
      },
    },
  ];
}

/** An update of both copies with its values: the new data count from the moment the first copy is chosen again. */
function updating(update: Program<void>, version: number, cycleLast: bigint): Program<void, Act> {
  const published = { version, line: lineFrom(cycleLast), maxDelta: MAX_DELTA };
  let seq = BigInt(2 * (version - 1));
  return retold(update, (store) => {
    if (store.word !== 'seq') return [{ ...store, value: cycleLast, version }];
    seq++;
    const step = { ...store, value: seq, version };
    return seq % 2n === 0n
      ? [{ ...step, replaces: version - 1, releases: published }]
      : // Time passes while readers are at the other copy.
        [step, ELAPSE];
  });
}

/** A reader in an NMI that comes while the writer is at work. */
export const IN_OWN_WRITER: Partial<Thread> = { name: 'NMI', interrupts: 'writer' };
