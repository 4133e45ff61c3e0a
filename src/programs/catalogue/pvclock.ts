import { accept, type ConcurrentProgram } from '../concurrent.js';
import { COUNTER, load, RELAX } from '../program.js';
import {
  EVERYWHERE,
  hostOf,
  lineAt,
  lineFrom,
  NOWHERE,
  ON_STRONG,
  type Row,
  readersOf,
} from './parts.js';
import { PVCLOCK, versioned } from './versioned.js';

const TORN = ['reader-never-sees-torn-data'];
const MISPAIRED = ['reader-pairs-counter-with-its-page'];

/** A page a vCPU, and a scheduler that moves the reader there and back. */
function perVcpu(row: Row, { rechecks = false, preemptOff = false }): ConcurrentProgram {
  return {
    source: PVCLOCK,
    ...row,
    words: { 'page 0': 0n, 'page 1': -5n },
    skew: [0n, -5n],
    published: { version: 0, line: lineFrom(0n), domain: { host: 0, vcpu: 0, adjusted: 0 } },
    threads: (bounds) => [
      hostOf(function* () {
        // The page of vCPU 1, whose counter is behind.
        const line = lineFrom(-5n, 0n);
        const releases = { version: 1, line, domain: { host: 0, vcpu: 1, adjusted: 0 } };
        yield { kind: 'store', word: 'page 1', value: -5n, version: 1, releases };
        for (const vcpu of [1, 0]) yield { kind: 'move', thread: 'reader 0', vcpu };
      }),
      ...readersOf(
        { ...bounds, readers: 1 },
        function* () {
          for (;;) {
            const vcpu = yield { kind: 'getcpu' };
            const page = `page ${vcpu}`;
            const cycleLast = yield load(page);
            const counter = yield COUNTER;
            if (rechecks && (yield { kind: 'getcpu' }) !== vcpu) {
              yield RELAX;
              continue;
            }
            const ns = lineAt({ cycleLast, mult: 1n, base: 0n }, counter);
            yield accept([page], { counter: true, ns });
            return;
          }
        },
        { preemptOff },
      ),
    ],
  };
}

export const PVCLOCKS: readonly ConcurrentProgram[] = [
  versioned({
    name: 'pvclock',
    statement: 'The reader looks for the even version at or below the one that it saw.',
    soundOn: EVERYWHERE,
    breaks: [],
  }),
  versioned(
    {
      name: 'pvclock-odd-accepted',
      statement: 'The reader compares versions and does not mind that they are odd.',
      soundOn: NOWHERE,
      breaks: [...TORN, ...MISPAIRED],
    },
    { masks: false },
  ),
  versioned(
    {
      name: 'pvclock-no-read-fence',
      statement: 'The reader looks at the version again without a barrier before it.',
      soundOn: ON_STRONG,
      breaks: [...TORN, ...MISPAIRED],
    },
    { recheck: 'none' },
  ),
  perVcpu(
    {
      name: 'pvclock-other-vcpu',
      statement: 'The reader takes the page of its vCPU and is moved before it reads the counter.',
      soundOn: NOWHERE,
      breaks: MISPAIRED,
    },
    {},
  ),
  perVcpu(
    {
      name: 'pvclock-rechecks-vcpu',
      statement: 'The reader asks for its vCPU again at the end; it may have been away and back.',
      soundOn: NOWHERE,
      breaks: MISPAIRED,
    },
    { rechecks: true },
  ),
  perVcpu(
    {
      name: 'pvclock-preempt-off',
      statement: 'The reader takes the page of its vCPU and cannot be moved meanwhile.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { preemptOff: true },
  ),
];
