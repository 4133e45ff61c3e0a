import { coreIdleMultOverflow } from './core-idle-mult-overflow.js';
import { coreMonoBootUnify } from './core-mono-boot-unify.js';
import { coreNegativeDeltaU64 } from './core-negative-delta-u64.js';
import { coreRawSubnsLost } from './core-raw-subns-lost.js';
import { coreResumeDropsOffset } from './core-resume-drops-offset.js';
import type { Fault } from './fault.js';
import { seqCounterReadHoisted } from './seq-counter-read-hoisted.js';

/** In the order of the catalogue of bugs. */
export const FAULTS: readonly Fault[] = [
  coreResumeDropsOffset,
  coreNegativeDeltaU64,
  coreIdleMultOverflow,
  coreRawSubnsLost,
  coreMonoBootUnify,
  seqCounterReadHoisted,
];
