import { COUNTER_WORD } from './memory.js';
import type { Step } from './running-thread.js';

/** What a step touches: two steps of which neither writes what the other touches can be swapped. */
export interface Footprint {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** It may not be swapped with anything. */
  readonly all: boolean;
}

const NOTHING: Footprint = { reads: [], writes: [], all: false };
const ALL: Footprint = { reads: [], writes: [], all: true };

/** @param queues whether a store waits in a queue, where nobody sees it. */
export function footprintOf(step: Step, queues: boolean): Footprint {
  switch (step.kind) {
    case 'load':
      return { ...NOTHING, reads: [step.word] };
    case 'store':
      return queues ? NOTHING : footprintOfSeen(step.word, step);
    case 'fence':
      return { ...NOTHING, writes: ['(full fence)'] };
    case 'counter':
      return { ...NOTHING, reads: [COUNTER_WORD] };
    case 'elapse':
      return { ...NOTHING, writes: [COUNTER_WORD] };
    case 'getcpu':
      return NOTHING;
    default:
      return ALL;
  }
}

/** A store that others see. What it says of publications is dated by the counter. */
export function footprintOfSeen(
  word: string,
  { replaces, releases }: { readonly replaces?: number; readonly releases?: unknown },
): Footprint {
  const isNoted = replaces !== undefined || releases !== undefined;
  return { reads: isNoted ? [COUNTER_WORD] : [], writes: [word], all: false };
}
