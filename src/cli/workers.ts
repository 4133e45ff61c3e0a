import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { merge, type Progress, type SearchResult } from '../app/check.js';
import { SubjectError, TickproofBug, UsageError } from '../contract/errors.js';
import type { Watch } from './progress.js';
import type { PlainOptions } from './request.js';

/** A search that can be told to another thread: names instead of functions. */
export interface ThreadTask {
  readonly subjectPath: string | null;
  readonly laws: readonly string[];
  readonly options: PlainOptions;
}

/** What one thread is given: its share, and a word in which 1 says stop. */
export interface Share extends ThreadTask {
  readonly shard: { readonly first: number; readonly step: number };
  readonly stop: SharedArrayBuffer;
}

/** What a thread says. */
export type Said =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'result'; readonly result: SearchResult }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

/** The thread at the other end; a test puts another in its place. */
export interface Thread {
  on(event: 'message', listener: (said: Said) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

/**
 * Deals the runs out to threads and merges what they found by run number, so that the result is
 * that of one thread.
 *
 * @throws what a thread threw.
 */
export async function searchInThreads(
  task: ThreadTask,
  jobs: number,
  watching: Watch,
  start: (share: Share) => Thread = startThread,
): Promise<SearchResult> {
  const stop = new SharedArrayBuffer(4);
  const flag = new Int32Array(stop);
  const latest: (Progress | undefined)[] = [];
  const threads = Array.from({ length: jobs }, (_, first) =>
    start({ ...task, shard: { first, step: jobs }, stop }),
  );
  const poll = setInterval(() => {
    if (watching.interrupted()) Atomics.store(flag, 0, 1);
  }, 50);
  try {
    const results = await Promise.all(
      threads.map((thread, at) =>
        answerOf(thread, (progress) => {
          latest[at] = progress;
          watching.watching.onProgress?.(together(latest, task.options.runs));
        }),
      ),
    );
    return merge(results);
  } finally {
    clearInterval(poll);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function answerOf(thread: Thread, onProgress: (progress: Progress) => void): Promise<SearchResult> {
  return new Promise((resolve, reject) => {
    thread.on('message', (said) => {
      if (said.kind === 'progress') onProgress(said.progress);
      else if (said.kind === 'result') resolve(said.result);
      else reject(rebuilt(said.name, said.message));
    });
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new TickproofBug(`a thread ended with code ${code}`)));
  });
}

/** An error keeps its class on its way between threads: it says whose fault it is. */
export function rebuilt(name: string, message: string): Error {
  if (name === 'UsageError') return new UsageError(message);
  if (name === 'SubjectError') return new SubjectError(message);
  return new Error(message);
}

function together(latest: readonly (Progress | undefined)[], of: number): Progress {
  const said = latest.filter((each) => each !== undefined);
  const sum = (pick: (each: Progress) => number) => said.reduce((n, each) => n + pick(each), 0);
  const [first, ...others] = said;
  return {
    runs: sum((each) => each.runs),
    of,
    commandsExecuted: sum((each) => each.commandsExecuted),
    vacuous: (first?.vacuous ?? []).filter((law) =>
      others.every((each) => each.vacuous.includes(law)),
    ),
  };
}

function startThread(share: Share): Thread {
  return new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: share,
  });
}
