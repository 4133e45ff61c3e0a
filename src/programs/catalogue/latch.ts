import type { ConcurrentProgram } from '../concurrent.js';
import { IN_OWN_WRITER, latch } from './latched.js';
import { EVERYWHERE, NOWHERE, ON_STRONG } from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
/** What shows where the words, or words and counter, are of two updates. */
const MIXED = [...TORN, 'reader-pairs-counter-with-its-page', 'reader-respects-its-horizon'];

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
];
