import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TickproofBug } from '../contract/errors.js';
import type { MatrixRow } from '../contract/outcome.js';
import type { Watch } from './progress.js';
import type { PlainOptions } from './request.js';
import { rebuilt } from './workers.js';

/** What a thread is given: its designs, and a word in which 1 says stop. */
export interface RowsTask {
  readonly designs: readonly string[];
  readonly laws: readonly string[];
  readonly options: PlainOptions;
  readonly stop: SharedArrayBuffer;
}

/** What a thread says: one design's row, or why it gave up. */
export type RowsSaid =
  | { readonly kind: 'row'; readonly row: MatrixRow }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

/**
 * Plays designs in threads, one design at a time in each: their rows come out as one thread makes them, and
 * in the order that was asked for.
 *
 * @throws what a thread threw.
 */
export async function rowsInThreads(
  task: Omit<RowsTask, 'stop'>,
  jobs: number,
  { watching, interrupted }: Watch,
): Promise<readonly MatrixRow[]> {
  const stop = new SharedArrayBuffer(4);
  const poll = setInterval(() => {
    if (interrupted()) Atomics.store(new Int32Array(stop), 0, 1);
  }, 50);
  const rows: MatrixRow[] = [];
  const told = (row: MatrixRow): void => {
    rows.push(row);
    watching.onProgress?.({
      runs: rows.length * task.options.runs,
      of: task.designs.length * task.options.runs,
      commandsExecuted: rows.reduce((sum, each) => sum + each.commandsExecuted, 0),
      vacuous: [],
    });
  };
  const shares = Array.from({ length: jobs }, (_, first) =>
    task.designs.filter((_design, at) => at % jobs === first),
  );
  const threads = shares.map((designs) => startThread({ ...task, designs, stop }));
  try {
    await Promise.all(threads.map((thread, at) => finished(thread, shares[at]?.length ?? 0, told)));
  } finally {
    clearInterval(poll);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return rows.toSorted((a, b) => task.designs.indexOf(a.name) - task.designs.indexOf(b.name));
}

function finished(thread: Worker, count: number, told: (row: MatrixRow) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    thread.on('message', (said: RowsSaid) => {
      if (said.kind === 'failed') {
        reject(rebuilt(said.name, said.message));
        return;
      }
      told(said.row);
      left--;
      if (left === 0) resolve();
    });
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new TickproofBug(`a thread ended with code ${code}`)));
    if (count === 0) resolve();
  });
}

function startThread(task: RowsTask): Worker {
  return new Worker(new URL(`./matrix-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: task,
  });
}
