import { BOUNDED_HORIZONS } from './bounded-horizon.js';
import type { Design } from './design.js';
import { MIGRATION_COUNTERS } from './migration-counter.js';
import { VMCLOCK_MARKERS } from './vmclock-marker.js';

/** Designs around what readers compare: a page that the host shares, or how far the data is good. */
export const DESIGNS_OF_PAGES: readonly Design[] = [
  ...VMCLOCK_MARKERS,
  ...MIGRATION_COUNTERS,
  ...BOUNDED_HORIZONS,
];
