import { countersRunOn } from './counters-run-on.js';
import { countersStop } from './counters-stop.js';
import type { Design } from './design.js';

/** Hosts that move clocks and counters, and tell nobody. */
export const DESIGNS_OF_CLOCKS: readonly Design[] = [countersRunOn, countersStop];
