import type { Schedule } from '../contract/schedule.js';
import { GAP_PASSES, heldBack, readsBetween } from './gap-passes.js';
import { numbers, trades } from './number-passes.js';
import {
  chunks,
  machines,
  merges,
  type Pass,
  pairs,
  prefixes,
  rewrites,
  simplifications,
  substitutions,
  swaps,
} from './passes.js';
import { together } from './together.js';
import { waysOut } from './ways-out.js';

/**
 * Where shrinking is: the pass, and how far in it. A candidate that still fails becomes the schedule,
 * and shrinking goes on from its mark instead of from the start.
 */
export interface Mark {
  readonly pass: number;
  readonly at: number;
  /** What the pass remembers beside: a chunk's size, or the largest number known to pass. */
  readonly memo: bigint;
  /** Whether anything shrank since the last round began. */
  readonly shrank: boolean;
  /** The number of commands for which substitutions were all tried; 0: none yet. */
  readonly substituted: number;
}

export interface Candidate {
  readonly schedule: Schedule;
  /** Where to go on from, should it still fail. */
  readonly mark: Mark;
}

export const START: Mark = { pass: 0, at: 0, memo: 0n, shrank: false, substituted: 0 };

/**
 * Smaller schedules to try, best hopes first; each is smaller in commands, machine or numbers, so
 * that shrinking ends. A whole round of passes without a success is the end: then no single command,
 * no pair and no number can be less.
 */
export function* candidates(schedule: Schedule, mark: Mark = START): Generator<Candidate> {
  let { pass, at, memo, shrank, substituted } = mark;
  for (;;) {
    for (; pass < PASSES.length; pass++) {
      const isDue =
        pass === DEAR
          ? !shrank || substituted !== schedule.commands.length
          : pass !== DEAREST || !shrank;
      const tries = isDue ? (PASSES[pass] as Pass)(schedule, at, memo) : []; // in range
      for (const tried of tries) {
        yield {
          schedule: tried.schedule,
          mark: { pass, at: tried.at, memo: tried.memo, shrank: true, substituted },
        };
      }
      if (pass === DEAR) substituted = schedule.commands.length;
      at = 0;
      memo = 0n;
    }
    if (!shrank) return;
    shrank = false;
    pass = 1;
  }
}

const PASSES: readonly Pass[] = [
  prefixes,
  chunks,
  heldBack,
  readsBetween,
  machines,
  together,
  simplifications,
  merges,
  pairs,
  swaps,
  waysOut,
  ...GAP_PASSES,
  substitutions,
  numbers,
  trades,
  rewrites,
];

/** Tried once for each number of commands, while numbers are large enough for another story, and last. */
const DEAR = PASSES.indexOf(substitutions);
/** Waits for a round in which nothing else helped. */
const DEAREST = PASSES.indexOf(rewrites);
