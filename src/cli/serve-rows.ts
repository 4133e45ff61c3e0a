import { lawsNamed } from '../app/catalogue.js';
import { matrixRow } from '../app/matrix.js';
import type { RowsSaid, RowsTask } from './matrix-workers.js';

/** One thread's share of the matrix: a message for each of its designs. */
export async function serveRows(task: RowsTask, say: (said: RowsSaid) => void): Promise<void> {
  const stop = new Int32Array(task.stop);
  const options = {
    ...task.options,
    laws: lawsNamed(task.laws),
    interrupted: () => Atomics.load(stop, 0) === 1,
  };
  try {
    for (const design of task.designs) say({ kind: 'row', row: await matrixRow(design, options) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ kind: 'failed', name, message });
  }
}
