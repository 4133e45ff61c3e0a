import { accept, type ConcurrentProgram, ELAPSE } from '../concurrent.js';
import { load, loadAcquire, READ_FENCE, RELAX, store } from '../program.js';
import {
  type SeqcountReader,
  seqcountRead,
  seqcountWrite,
  TIMEKEEPER_WORDS,
  tickWrite,
} from '../seqcount.js';
import {
  countedSection,
  EVERYWHERE,
  lineAt,
  lineFrom,
  NOWHERE,
  publishing,
  type Row,
  readersOf,
  SEQLOCK,
  type Section,
  writerOf,
} from './parts.js';

const TORN = ['reader-never-sees-torn-data'];

/** The timekeeper's reader and the tick that writes it: the programs that the guest runs. */
function timekeeper(row: Row, reader: Partial<SeqcountReader> = {}, isTorn = false) {
  const first = lineFrom(0n);
  return {
    source: SEQLOCK,
    ...row,
    words: { seq: 0n, cycleLast: 0n, mult: 1n, xtimeNsec: 0n, base: 0n },
    published: { version: 0, line: first },
    threads: (bounds) => [
      writerOf(function* () {
        for (let version = 1; version <= bounds.writes; version++) {
          yield ELAPSE;
          if (isTorn) yield { ...store('base', 7n), version };
          yield* publishing(tickWrite(), tickDetails(version));
          yield ELAPSE;
        }
      }),
      ...readersOf(bounds, function* () {
        const { counter, words } = yield* seqcountRead({
          words: TIMEKEEPER_WORDS,
          counter: 'inside',
          ...reader,
        });
        const { cycleLast = 0n, mult = 0n, base = 0n } = words;
        const ns = lineAt({ cycleLast, mult, base }, counter);
        yield accept(TIMEKEEPER_WORDS, { counter: true, ns });
      }),
    ],
  } satisfies ConcurrentProgram;
}

/** Time passes while the sequence is odd, so that a value of before can be told from one of after. */
function tickDetails(version: number): (cycleLast: bigint) => Section {
  return (cycleLast) =>
    countedSection(version, {
      published: { version, line: lineFrom(cycleLast) },
      values: { cycleLast, mult: 1n, xtimeNsec: 0n, base: cycleLast },
      behindOdd: [ELAPSE],
    });
}

/** A reader that calls what it loaded: it uses the words before it knows that they belong together. */
function clocksource(
  name: string,
  { called, ...row }: Omit<Row, 'name'> & { readonly called: readonly string[] },
): ConcurrentProgram {
  const words = [...called, 'cycleLast'];
  return {
    name,
    source: {
      title: 'time: Fix clock->read(clock) race around clocksource changes',
      url: 'https://git.kernel.org/linus/ceea5e3771ed',
    },
    ...row,
    words: { seq: 0n, read: 0n, clock: 0n, cycleLast: 0n },
    published: { version: 0 },
    threads: (bounds) => [
      writerOf(function* () {
        const section = seqcountWrite({ words: ['read', 'clock', 'cycleLast'] });
        yield* publishing(section, countedSection(1));
      }),
      ...readersOf(bounds, function* () {
        for (;;) {
          const seq = yield loadAcquire('seq');
          for (const word of called) yield load(word);
          if (seq % 2n === 0n) yield accept(called);
          yield load('cycleLast');
          yield READ_FENCE;
          if (seq % 2n === 0n && (yield load('seq')) === seq) break;
          yield RELAX;
        }
        yield accept(words);
      }),
    ],
  };
}

export const TIMEKEEPERS: readonly ConcurrentProgram[] = [
  timekeeper({
    name: 'timekeeper',
    statement: 'ktime_get() beside a tick that computes on its shadow and then publishes.',
    soundOn: EVERYWHERE,
    breaks: [],
  }),
  timekeeper(
    {
      name: 'seq-counter-read-hoisted',
      statement: 'The counter is read before the first look at the sequence.',
      source: {
        title: 'arm64: arch_timer: Ensure counter register reads occur with seqlock held',
        url: 'https://git.kernel.org/linus/75a19a0202db',
      },
      soundOn: NOWHERE,
      breaks: ['reader-pairs-counter-with-its-page'],
    },
    { counter: 'before' },
  ),
  timekeeper(
    {
      name: 'timekeeper-counter-after-retry',
      statement: 'The counter is read after the last look at the sequence.',
      soundOn: NOWHERE,
      breaks: ['reader-pairs-counter-with-its-page'],
    },
    { counter: 'after' },
  ),
  timekeeper(
    {
      name: 'timekeeper-no-shadow',
      statement: 'The tick changes a word that readers use before the sequence is odd.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    {},
    true,
  ),
  clocksource('seq-clocksource-pointer-torn', {
    statement: 'Function and argument of a clocksource are loaded apart and used before the retry.',
    soundOn: NOWHERE,
    breaks: TORN,
    called: ['read', 'clock'],
  }),
  clocksource('clocksource-pointer', {
    statement: 'The clocksource is loaded once, and its function found through it.',
    soundOn: EVERYWHERE,
    breaks: [],
    called: ['clock'],
  }),
];
