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
  const section = seqcountWrite({ words: WORDS });
  let stores = 0;
  const publication = publishing(section, {
    odd: 1n,
    even: 2n,
    replaces: 0,
    ...afterJump(counter),
  });
  for (let state = publication.next(); state.done !== true; ) {
    const given = yield state.value;
    if (state.value.kind === 'store' && stores++ === 0 && locked) yield ADJUST;
    state = publication.next(given);
  }
}

function* adjustingLatch(): Program<void, Act> {
  const counter = yield COUNTER;
  const { published, values } = afterJump(counter);
  let seq = 0n;
  const update = latchWrite({ words: WORDS });
  for (let state = update.next(); state.done !== true; state = update.next(0n)) {
    const act = state.value;
    if (act.kind !== 'store') yield act;
    else if (act.word !== 'seq') {
      yield { ...act, value: values[act.word.replace(/\[.\]/, '')] ?? 0n, version: 1 };
    } else {
      seq++;
      const meaning = seq === 1n ? { replaces: 0 } : { releases: published };
      yield { ...act, value: seq, version: 1, ...meaning };
      if (seq === 1n) yield ADJUST;
    }
  }
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

export const COUNTERS: readonly ConcurrentProgram[] = [
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
