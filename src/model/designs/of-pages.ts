import type { Design } from './design.js';

/** Designs around a page that the host shares with readers. */
export const DESIGNS_OF_PAGES: readonly Design[] = [];
