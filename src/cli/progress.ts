import type { Progress, SearchOptions } from '../app/check.js';
import { count, elapsed } from '../report/numbers.js';
import type { Io } from './io.js';

/** How often a line of progress is rewritten, in ms. */
const EVERY_MS = 100;

/** Looks after a search that takes a while. */
export interface Watch {
  /** Goes into the options of the search. */
  readonly watching: Pick<SearchOptions, 'onProgress' | 'interrupted'>;
  readonly interrupted: () => boolean;
  /** Clears the line of progress. */
  readonly done: () => void;
}

/** Shows progress on standard error, on a terminal only, and notices Ctrl-C. */
export function watch(io: Io, now: () => number = Date.now): Watch {
  const startedMs = now();
  let shownMs = startedMs;
  let shown = false;
  let stopped = false;
  io.onInterrupt?.(() => {
    stopped = true;
  });
  const interrupted = () => stopped;
  const onProgress = (progress: Progress): void => {
    const nowMs = now();
    if (nowMs - shownMs < EVERY_MS) return;
    shownMs = nowMs;
    shown = true;
    const line = progressLine(progress, nowMs - startedMs).slice(0, Math.max(io.columns - 1, 20));
    io.stderr(`\r${line}\u001b[K`);
  };
  return {
    watching: io.stderrIsTerminal ? { interrupted, onProgress } : { interrupted },
    interrupted,
    done: () => {
      if (shown) io.stderr('\r\u001b[K');
    },
  };
}

export function progressLine(
  { runs, of, commandsExecuted, vacuous }: Progress,
  elapsedMs: number,
): string {
  const rate = elapsedMs === 0 ? 0 : Math.round((commandsExecuted / elapsedMs) * 1000);
  const leftMs = runs === 0 ? null : (elapsedMs / runs) * (of - runs);
  const parts = [`${count(runs)} of ${count(of)} runs`, `${count(rate)} commands/s`];
  if (leftMs !== null) parts.push(`${elapsed(leftMs)} left`);
  if (vacuous.length > 0) parts.push(`not tested yet: ${vacuous.join(', ')}`);
  return parts.join('   ');
}
