import type { ConcurrentProgram } from '../concurrent.js';
import type { LatchReader } from '../latch.js';
import { IN_OWN_WRITER, latch, MAX_DELTA } from './latched.js';
import { EVERYWHERE, NOWHERE, TSC_STATE_THREAD } from './parts.js';

type Horizon = NonNullable<LatchReader['horizon']>;

/** One comparison without sign: a counter behind the base is beyond the horizon too. */
function maxDelta(beyond: 'retry' | 'leave'): Horizon {
  return ({ counter, values: { cycleLast = 0n } }) =>
    BigInt.asUintN(64, counter - cycleLast) < MAX_DELTA ? 'inside' : beyond;
}

/** t_start and t_end, compared as they are. */
const explicit: Horizon = ({ counter, values: { cycleLast = 0n } }) =>
  counter >= cycleLast && counter < cycleLast + MAX_DELTA ? 'inside' : 'leave';

const BEYOND = ['reader-respects-its-horizon'];
const UNFINISHED = ['reader-finishes'];

export const HORIZONS: readonly ConcurrentProgram[] = [
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
