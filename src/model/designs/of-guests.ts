import { cooperativeFreeze } from './cooperative-freeze.js';
import type { Design } from './design.js';

/** Designs in which the guest has a part. */
export const DESIGNS_OF_GUESTS: readonly Design[] = [cooperativeFreeze];
