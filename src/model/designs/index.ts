import { cooperativeFreeze } from './cooperative-freeze.js';
import { countersRunOn } from './counters-run-on.js';
import { countersStop } from './counters-stop.js';
import type { Design } from './design.js';

/** In the order the docs show them. */
export const DESIGNS: readonly Design[] = [countersRunOn, countersStop, cooperativeFreeze];
