import { CLOCK_BOUNDS } from './catalogue/clock-bound.js';
import { FUTURES } from './catalogue/future.js';
import { HYPERV_PAGES } from './catalogue/hyperv.js';
import { LAST_VALUES } from './catalogue/last-value.js';
import { LATCHES } from './catalogue/latch.js';
import { HORIZONS } from './catalogue/latch-horizon.js';
import { MIGRATIONS } from './catalogue/migration.js';
import { PVCLOCKS } from './catalogue/pvclock.js';
import { SEQCOUNTS } from './catalogue/seqcount.js';
import { TIMEKEEPERS } from './catalogue/timekeeper.js';
import { TSC_ADJUSTS } from './catalogue/tsc-adjust.js';
import { VMCLOCKS } from './catalogue/vmclock.js';
import type { ConcurrentProgram } from './concurrent.js';

/** Every program that `explore` knows, in the order of the docs. */
export const PROGRAMS: readonly ConcurrentProgram[] = [
  ...SEQCOUNTS,
  ...TIMEKEEPERS,
  ...LAST_VALUES,
  ...LATCHES,
  ...HORIZONS,
  ...FUTURES,
  ...TSC_ADJUSTS,
  ...MIGRATIONS,
  ...PVCLOCKS,
  ...HYPERV_PAGES,
  ...VMCLOCKS,
  ...CLOCK_BOUNDS,
];
