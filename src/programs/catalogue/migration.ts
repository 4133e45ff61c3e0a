import {
  type Act,
  accept,
  type Bounds,
  type ConcurrentProgram,
  type NotedStore,
} from '../concurrent.js';
import { load, loadAcquire, type Program, READ_FENCE, RELAX, WRITE_FENCE } from '../program.js';
import { seqcountRead, seqcountWrite } from '../seqcount.js';
import {
  countedSection,
  EVERYWHERE,
  hostOf,
  NOWHERE,
  publishing,
  type Row,
  readersOf,
  TSC_STATE_THREAD,
} from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
const WORDS = ['a', 'b'] as const;
/** Publications of host n begin here, so that none is mistaken for another host's. */
const PER_HOST = 10;

type Reader = () => Program<void, Act>;

interface Hosts {
  readonly reader: Reader;
  /** The next host is in the middle of a publication when the VM comes; left out: true. */
  readonly isBusy?: boolean;
  /** What the sequence of the next host is while it writes, from that of this host. */
  readonly odd?: (here: bigint) => bigint;
  /** The count of migrations that the next host shows; left out: it counts on. */
  readonly migrations?: bigint;
}

/** A page that hosts write. Each host publishes once; then the VM goes on elsewhere. */
function page(row: Row, hosts: Hosts): ConcurrentProgram {
  return {
    source: TSC_STATE_THREAD,
    ...row,
    words: { seq: 0n, a: 0n, b: 0n, migrations: hosts.migrations ?? 0n },
    published: { version: 0 },
    threads: (bounds) => [hostsOf(bounds, hosts), ...readersOf(bounds, hosts.reader)],
  };
}

function hostsOf(bounds: Bounds, { odd: oddOf = () => 1n, migrations, isBusy = true }: Hosts) {
  return hostOf(function* () {
    yield* publishing(seqcountWrite({ words: WORDS }), countedSection(1));
    let even = 2n;
    for (let to = 1; to <= bounds.migrations; to++) {
      const odd = oddOf(even);
      const before = PER_HOST * to;
      const version = before + 1;
      const published = { version, domain: { host: to, vcpu: null, adjusted: 0 } };
      even = odd + 1n;
      const replaces = before - PER_HOST + 1;
      const last: NotedStore = { ...word('b', BigInt(version)), version };
      const end: NotedStore = { ...word('seq', even), version, releases: published };
      yield {
        kind: 'migrate',
        to,
        counter: 0n,
        words: [
          { ...word('seq', odd), version, replaces },
          { ...word('a', BigInt(version)), version },
          { ...word('b', BigInt(before)), version: before },
          { ...word('migrations', migrations ?? BigInt(to)), version },
          // A host that is not busy had ended before the VM came.
          ...(isBusy ? [] : [last, end]),
        ],
      };
      if (isBusy) {
        yield last;
        yield WRITE_FENCE;
        yield end;
      }
    }
  });
}

function word(name: string, value: bigint): NotedStore {
  return { kind: 'store', word: name, value };
}

const plain: Reader = function* () {
  yield* seqcountRead({ words: WORDS });
  yield accept(WORDS);
};

/** The count of migrations is read before the sequence and after it. */
const enclosing: Reader = function* () {
  for (;;) {
    const before = yield loadAcquire('migrations');
    const seq = yield loadAcquire('seq');
    if (seq % 2n !== 0n) {
      yield RELAX;
      continue;
    }
    for (const word of WORDS) yield load(word);
    yield READ_FENCE;
    const isSame = (yield load('seq')) === seq;
    yield READ_FENCE;
    if ((yield load('migrations')) === before && isSame) break;
    yield RELAX;
  }
  yield accept(WORDS);
};

/** The count of migrations is read like a word of the page. */
const inside: Reader = function* () {
  for (;;) {
    const seq = yield loadAcquire('seq');
    if (seq % 2n !== 0n) {
      yield RELAX;
      continue;
    }
    const before = yield loadAcquire('migrations');
    for (const word of WORDS) yield load(word);
    yield READ_FENCE;
    const isMoved = (yield load('migrations')) !== before;
    yield READ_FENCE;
    if ((yield load('seq')) === seq && !isMoved) break;
    yield RELAX;
  }
  yield accept(WORDS);
};

export const MIGRATIONS: readonly ConcurrentProgram[] = [
  page(
    {
      name: 'page-equal-seq-across-migration',
      statement: 'A read begins on one host and ends on another with an equal sequence.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { reader: plain, isBusy: false },
  ),
  page(
    {
      name: 'migration-counter',
      statement: 'A count of migrations, per guest, encloses the sequence.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: enclosing },
  ),
  page(
    {
      name: 'migration-counter-inside',
      statement: 'The count of migrations is read inside of the sequence.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { reader: inside },
  ),
  page(
    {
      name: 'migration-counter-per-host',
      statement: 'Each host has a count of migrations of its own.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { reader: enclosing, migrations: 1n },
  ),
  page(
    {
      name: 'sequence-continues',
      statement: 'The next host goes on with the sequence of the last one.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { reader: plain, odd: (here) => here + 1n },
  ),
];
