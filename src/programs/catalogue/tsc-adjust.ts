import {
  type Act,
  accept,
  type ConcurrentProgram,
  ELAPSE,
  type Environment,
  type Publication,
} from '../concurrent.js';
import { latchRead, latchWrite } from '../latch.js';
import { COUNTER, type Program } from '../program.js';
import { seqcountRead, seqcountWrite } from '../seqcount.js';
import {
  EVERYWHERE,
  lineAt,
  lineFrom,
  NOWHERE,
  publishing,
  type Row,
  readersOf,
  retold,
  TSC_STATE_THREAD,
  writerOf,
} from './parts.js';

const WORDS = ['cycleLast', 'base'] as const;
const CHANGE = ['counter-change-is-invisible'];
/** What is added to every TSC_ADJUST. */
const JUMP = 100n;

/** How the counters are changed around an update. */
interface Change {
  readonly latch?: boolean;
  /** stop_machine() around it. */
  readonly holds?: boolean;
  /** The counters are changed inside of the write section; left out: true. */
  readonly locked?: boolean;
}

/** A kernel that adds a value to TSC_ADJUST of all CPUs, and tells its readers by their data. */
function adjusting(row: Row, { latch = false, holds = false, locked = true }: Change) {
  const copies = latch ? ['cycleLast[0]', 'base[0]', 'cycleLast[1]', 'base[1]'] : WORDS;
  return {
    source: TSC_STATE_THREAD,
    ...row,
    words: { seq: 0n, ...Object.fromEntries(copies.map((word) => [word, 0n])) },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      writerOf(function* () {
        yield ELAPSE;
        if (holds) yield { kind: 'hold' };
        yield* latch ? adjustingLatch() : adjustingSeqcount(locked);
        if (holds) yield { kind: 'let-go' };
      }),
      ...readersOf(bounds, latch ? latchReader : seqcountReader),
    ],
  } satisfies ConcurrentProgram;
}

const ADJUST: Environment = { kind: 'adjust', by: JUMP };

/** The data after the jump, from what the counter showed before it. */
function afterJump(counter: bigint): { published: Publication; values: Record<string, bigint> } {
  const line = lineFrom(counter + JUMP, counter);
  const domain = { host: 0, vcpu: null, adjusted: 1 };
  const { cycleLast, base } = line;
  return { published: { version: 1, domain, line }, values: { cycleLast, base } };
}

function* adjustingSeqcount(locked: boolean): Program<void, Act> {
  const counter = yield COUNTER;
  if (!locked) yield ADJUST;
  yield* publishing(seqcountWrite({ words: WORDS }), {
    ...afterJump(counter),
    odd: 1n,
    even: 2n,
    replaces: 0,
    behindOdd: locked ? [ADJUST] : [],
  });
}

function* adjustingLatch(): Program<void, Act> {
  const counter = yield COUNTER;
  const { published, values } = afterJump(counter);
  let seq = 0n;
  yield* retold(latchWrite({ words: WORDS }), (store) => {
    if (store.word !== 'seq') {
      return [{ ...store, value: values[store.word.replace(/\[.\]/, '')] ?? 0n, version: 1 }];
    }
    seq++;
    const step = { ...store, value: seq, version: 1 };
    return seq === 1n ? [{ ...step, replaces: 0 }, ADJUST] : [{ ...step, releases: published }];
  });
}

function* seqcountReader(): Program<void, Act> {
  const { counter, words } = yield* seqcountRead({ words: WORDS, counter: 'inside' });
  const line = { mult: 1n, ...words };
  yield accept(WORDS, { counter: true, ns: lineAt(line, counter) });
}

function* latchReader(): Program<void, Act> {
  const read = yield* latchRead({ words: WORDS, counter: true });
  if (read === undefined) return;
  const { cycleLast = 0n, base = 0n } = read.values;
  const ns = lineAt({ cycleLast, mult: 1n, base }, read.counter);
  yield accept(read.words, { counter: true, ns });
}

export const TSC_ADJUSTS: readonly ConcurrentProgram[] = [
  adjusting(
    {
      name: 'tsc-adjust',
      statement: 'TSC_ADJUST of all CPUs is changed under the write lock, with all CPUs held.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { holds: true },
  ),
  adjusting(
    {
      name: 'tsc-adjust-not-held',
      statement: 'TSC_ADJUST of all CPUs is changed under the write lock alone; readers retry.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    {},
  ),
  adjusting(
    {
      name: 'tsc-adjust-unlocked',
      statement: 'TSC_ADJUST of all CPUs is changed before the write lock is taken.',
      soundOn: NOWHERE,
      breaks: CHANGE,
    },
    { locked: false },
  ),
  adjusting(
    {
      name: 'tsc-adjust-latch',
      statement: 'Readers of a latch, with all CPUs held while the counters change.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { latch: true, holds: true },
  ),
  adjusting(
    {
      name: 'tsc-adjust-latch-not-held',
      statement: 'Readers of a latch go on while the counters change, with the old copy.',
      soundOn: NOWHERE,
      breaks: CHANGE,
    },
    { latch: true },
  ),
];
