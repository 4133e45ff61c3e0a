import { CLOCK_IDS, type ClockId, type HrtimerClockId, type ReadPath } from '../contract/clock.js';
import type { Prng } from '../math/prng.js';
import { pick } from './magnitude.js';

const DRAWN_CLOCKS: readonly ClockId[] = [
  'CLOCK_MONOTONIC',
  'CLOCK_MONOTONIC',
  'CLOCK_MONOTONIC_RAW',
  'CLOCK_MONOTONIC_RAW',
  'CLOCK_BOOTTIME',
  'CLOCK_BOOTTIME',
  'CLOCK_REALTIME',
  'CLOCK_TAI',
  'CLOCK_MONOTONIC_COARSE',
  'CLOCK_REALTIME_COARSE',
];
/** Most reads are system calls; one in sixteen is by each of the paths that few take. */
export const DRAWN_PATHS: readonly ReadPath[] = [
  ...Array.from({ length: 9 }, () => 'syscall' as const),
  ...Array.from({ length: 4 }, () => 'vdso' as const),
  'nmi',
  'timer-base',
  'file-stamp',
];
export const DRAWN_TIMER_CLOCKS: readonly HrtimerClockId[] = [
  'CLOCK_MONOTONIC',
  'CLOCK_BOOTTIME',
  'CLOCK_REALTIME',
  'CLOCK_TAI',
];

/** In one run of two few clocks, so that they meet each other. */
export function drawClocks(prng: Prng): readonly ClockId[] {
  if (prng.oneIn(2)) return DRAWN_CLOCKS;
  return [pick(prng, CLOCK_IDS), pick(prng, CLOCK_IDS)];
}
