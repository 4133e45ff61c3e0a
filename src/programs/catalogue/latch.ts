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
import { COUNTER, type Program, type Store } from '../program.js';
import {
  EVERYWHERE,
  lineFrom,
  NOWHERE,
  ON_STRONG,
  type Row,
  readersOf,
  SEQLOCK,
  TSC_STATE_THREAD,
  writerOf,
} from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
const WORDS = ['cycleLast', 'base'] as const;
/** What shows where the words, or words and counter, are of two updates. */
const MIXED = [...TORN, 'reader-pairs-counter-with-its-page', 'reader-respects-its-horizon'];
/** The product has two bits here, where the kernel's has 64: it holds for deltas below 4. */
const MAX_DELTA = 4n;
const PRODUCT_BITS = 2;

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

function latch(row: Row, parts: Latch = {}): ConcurrentProgram {
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
function* updating(update: Program<void>, version: number, cycleLast: bigint): Program<void, Act> {
  const published = { version, line: lineFrom(cycleLast), maxDelta: MAX_DELTA };
  let seq = BigInt(2 * (version - 1));
  const noted = (act: Store) => {
    if (act.word !== 'seq') return { ...act, value: cycleLast, version };
    seq++;
    const meaning = seq % 2n === 0n ? { replaces: version - 1, releases: published } : {};
    return { ...act, value: seq, version, ...meaning };
  };
  let state = update.next();
  while (state.done !== true) {
    const act = state.value;
    if (act.kind === 'store') {
      yield noted(act);
      // Time passes while readers are at the other copy.
      if (act.word === 'seq' && seq % 2n === 1n) yield ELAPSE;
      state = update.next(0n);
    } else state = update.next(yield act);
  }
}

type Horizon = NonNullable<LatchReader['horizon']>;

/** One comparison without sign: a counter behind the base is beyond the horizon too. */
function maxDelta(beyond: 'retry' | 'leave'): Horizon {
  return ({ counter, values: { cycleLast = 0n } }) =>
    BigInt.asUintN(64, counter - cycleLast) < MAX_DELTA ? 'inside' : beyond;
}

/** t_start and t_end, compared as they are. */
const explicit: Horizon = ({ counter, values: { cycleLast = 0n } }) =>
  counter >= cycleLast && counter < cycleLast + MAX_DELTA ? 'inside' : 'leave';

const IN_OWN_WRITER: Partial<Thread> = { name: 'NMI', interrupts: 'writer' };
const BEYOND = ['reader-respects-its-horizon'];
const UNFINISHED = ['reader-finishes'];

export const LATCHES: readonly ConcurrentProgram[] = [
  latch({
    name: 'latch',
    statement: 'Two copies, and a sequence that says which one is not being written.',
    soundOn: EVERYWHERE,
    breaks: [],
  }),
  latch(
    {
      name: 'latch-nmi-reader',
      statement: 'A reader in an NMI interrupts its own writer, and reads the other copy.',
      soundOn: EVERYWHERE,
      breaks: [],
      bounds: { readers: 1 },
    },
    { thread: IN_OWN_WRITER },
  ),
  latch(
    {
      name: 'latch-writes-what-is-read',
      statement: 'The writer does not send readers to the other copy first.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { writer: { switches: false } },
  ),
  latch(
    {
      name: 'latch-no-write-fence',
      statement: 'The writer has no smp_wmb() around the steps of the sequence.',
      soundOn: ON_STRONG,
      breaks: MIXED,
    },
    { writer: { fences: false } },
  ),
  latch(
    {
      name: 'latch-no-read-fence',
      statement: 'The reader looks at the sequence again without smp_rmb() before it.',
      soundOn: ON_STRONG,
      breaks: MIXED,
    },
    { reader: { fence: false } },
  ),
  latch(
    {
      name: 'latch-no-horizon',
      statement: 'The reader multiplies whatever the counter shows.',
      source: TSC_STATE_THREAD,
      soundOn: NOWHERE,
      breaks: BEYOND,
    },
    { later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-max-delta',
      statement: 'The reader reads again while delta >= max_delta, and updates come in time.',
      source: TSC_STATE_THREAD,
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: { horizon: maxDelta('retry') } },
  ),
  latch(
    {
      name: 'latch-max-delta-late-writer',
      statement: 'The reader reads again while delta >= max_delta, and no update comes any more.',
      source: TSC_STATE_THREAD,
      soundOn: NOWHERE,
      breaks: UNFINISHED,
    },
    { reader: { horizon: maxDelta('retry') }, later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-max-delta-in-own-writer',
      statement: 'A reader in an NMI waits in its own writer for data that hold.',
      source: TSC_STATE_THREAD,
      soundOn: NOWHERE,
      breaks: UNFINISHED,
      bounds: { readers: 1 },
    },
    { reader: { horizon: maxDelta('retry') }, thread: IN_OWN_WRITER, later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-system-call',
      statement: 'Beyond max_delta the reader falls back to the system call.',
      source: TSC_STATE_THREAD,
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: { horizon: maxDelta('leave') }, asks: 'kernel', later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-hypercall',
      statement: 'Beyond max_delta the reader falls back to a hypercall.',
      source: TSC_STATE_THREAD,
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: { horizon: maxDelta('leave') }, later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-hypercall-in-own-writer',
      statement: 'A reader in an NMI asks the host, which waits for nobody.',
      source: TSC_STATE_THREAD,
      soundOn: EVERYWHERE,
      breaks: [],
      bounds: { readers: 1 },
    },
    { reader: { horizon: maxDelta('leave') }, thread: IN_OWN_WRITER, later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-t-start-t-end',
      statement: 'The data say from when to when they hold; outside of it the host is asked.',
      source: TSC_STATE_THREAD,
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: { horizon: explicit }, later: MAX_DELTA },
  ),
  latch(
    {
      name: 'latch-t-end-ignored',
      statement: 'The reader compares with t_start and not with t_end.',
      source: TSC_STATE_THREAD,
      soundOn: NOWHERE,
      breaks: BEYOND,
    },
    {
      reader: {
        horizon: ({ counter, values: { cycleLast = 0n } }) =>
          counter >= cycleLast ? 'inside' : 'leave',
      },
      later: MAX_DELTA,
    },
  ),
  latch(
    {
      name: 'latch-counter-behind',
      statement: 'The reader runs on a vCPU whose counter is behind, and multiplies.',
      source: TSC_STATE_THREAD,
      soundOn: NOWHERE,
      breaks: BEYOND,
    },
    { skew: [0n, -1n], thread: { vcpu: 1 } },
  ),
  latch(
    {
      name: 'latch-max-delta-counter-behind',
      statement: 'The reader runs on a vCPU whose counter is behind; max_delta covers that too.',
      source: TSC_STATE_THREAD,
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: { horizon: maxDelta('leave') }, skew: [0n, -1n], thread: { vcpu: 1 } },
  ),
  latch(
    {
      name: 'latch-max-delta-migration',
      statement:
        'The VM goes on where the counter is close: within max_delta, and of another host.',
      source: TSC_STATE_THREAD,
      soundOn: NOWHERE,
      breaks: ['reader-pairs-counter-with-its-page'],
    },
    { reader: { horizon: maxDelta('leave') }, migrates: { counter: 2n } },
  ),
];
