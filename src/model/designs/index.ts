import type { Design } from './design.js';
import { DESIGNS_OF_CLOCKS } from './of-clocks.js';
import { DESIGNS_OF_GUESTS } from './of-guests.js';
import { DESIGNS_OF_PAGES } from './of-pages.js';
import { DESIGNS_OF_VMMS } from './of-vmms.js';

/** In the order the docs show them. */
export const DESIGNS: readonly Design[] = [
  ...DESIGNS_OF_CLOCKS,
  ...DESIGNS_OF_GUESTS,
  ...DESIGNS_OF_PAGES,
  ...DESIGNS_OF_VMMS,
];
