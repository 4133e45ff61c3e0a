import type { CounterLine } from '../../contract/event-reader.js';
import type { Source } from '../../contract/property.js';
import type {
  Act,
  Bounds,
  ConcurrentProgram,
  NotedStore,
  Publication,
  Thread,
} from '../concurrent.js';
import type { Program, Store } from '../program.js';

/** What stands in every row of the catalogue, and is not its algorithm. */
export type Row = Pick<ConcurrentProgram, 'name' | 'statement' | 'soundOn' | 'breaks'> &
  Partial<Pick<ConcurrentProgram, 'source' | 'bounds'>>;

export const EVERYWHERE = ['sc', 'tso', 'weak'] as const;
/** Where a missing barrier does not show, as loads and stores of one CPU keep their order. */
export const ON_STRONG = ['sc', 'tso'] as const;
export const NOWHERE = [] as const;

export const SEQLOCK: Source = {
  title: 'Documentation/locking/seqlock.rst',
  url: 'https://docs.kernel.org/locking/seqlock.html',
};
/** Seed 001: the two mails on readers, pages and migration. */
export const TSC_STATE_THREAD: Source = {
  title: 'LKML, 8 and 9 December 2020: implement KVM_{GET|SET}_TSC_STATE',
  url: 'https://lore.kernel.org/kvm/?q=KVM_SET_TSC_STATE',
};

/** One nanosecond a count and the clock at `base` when the counter shows `cycleLast`. */
export function lineFrom(cycleLast: bigint, base = cycleLast): CounterLine {
  return { cycleLast, mult: 1n, base };
}

export function lineAt({ cycleLast, mult, base }: CounterLine, counter: bigint): bigint {
  return base + (counter - cycleLast) * mult;
}

/** Numbers `name 0`, `name 1`, … of one kind of reader. */
export function readersOf(
  { readers }: Bounds,
  body: () => Program<void, Act>,
  rest: Partial<Thread> = {},
): readonly Thread[] {
  return Array.from({ length: readers }, (_, at) => ({
    name: `reader ${at}`,
    role: 'reader',
    body,
    ...rest,
  }));
}

export function writerOf(body: () => Program<void, Act>, rest: Partial<Thread> = {}): Thread {
  return { name: 'writer', role: 'writer', body, ...rest };
}

/** What the stores of a write section mean. */
export interface Section {
  /** The word that holds the sequence; left out: `seq`. */
  readonly sequence?: string;
  /** What the sequence holds while the section is under way, and after it. */
  readonly odd: bigint;
  readonly even: bigint;
  readonly published: Publication;
  /** The publication whose time ends with the odd sequence. */
  readonly replaces: number;
  /** What the other words hold; left out: the version, so that a word tells where it comes from. */
  readonly values?: Readonly<Record<string, bigint>>;
  /** What happens while the section is under way, right behind the odd sequence. */
  readonly behindOdd?: readonly Act[];
}

/**
 * A program whose stores are told in other words, and with what happens right behind them.
 *
 * @param tell is given the store and the counter that the program sampled last.
 */
export function* retold(
  program: Program<unknown>,
  tell: (store: Store, sample: bigint) => readonly Act[],
): Program<void, Act> {
  let sample = 0n;
  let state = program.next();
  while (state.done !== true) {
    const act = state.value;
    if (act.kind === 'store') {
      yield* tell(act, sample);
      state = program.next(0n);
    } else {
      const given = yield act;
      if (act.kind === 'counter') sample = given;
      state = program.next(given);
    }
  }
}

/**
 * A write section with what it stores, and what that means to readers.
 *
 * @param details of the section, or how they follow from the counter that it samples first.
 */
export function publishing(
  section: Program<unknown>,
  details: Section | ((sample: bigint) => Section),
): Program<void, Act> {
  let isOdd = false;
  return retold(section, (store, sample) => {
    const known = typeof details === 'function' ? details(sample) : details;
    const told = noted(store, known, isOdd);
    if (store.word !== (known.sequence ?? 'seq')) return [told];
    const behind = isOdd ? [] : (known.behindOdd ?? []);
    isOdd = true;
    return [told, ...behind];
  });
}

/** A store of a section, with its value and its meaning. */
function noted(store: Store, section: Section, isOdd: boolean): NotedStore {
  const { sequence = 'seq', odd, even, published, replaces, values = {} } = section;
  const { version } = published;
  if (store.word !== sequence) {
    return { ...store, value: values[store.word] ?? BigInt(version), version };
  }
  return isOdd
    ? { ...store, value: even, version, releases: published }
    : { ...store, value: odd, version, replaces };
}

/** The section of publication `version` where the sequence counts on by two for each. */
export function countedSection(version: number, rest: Partial<Section> = {}): Section {
  const even = BigInt(2 * version);
  return { odd: even - 1n, even, published: { version }, replaces: version - 1, ...rest };
}

export function hostOf(body: () => Program<void, Act>): Thread {
  return { name: 'host', role: 'host', body };
}
