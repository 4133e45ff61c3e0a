import { lawsNamed } from '../app/catalogue.js';
import { search } from '../app/check.js';
import { close, openSubject } from './subject.js';
import type { Said, Share } from './workers.js';

/** One thread's share of a search, from the task to the message that ends it. */
export async function serve(share: Share, say: (said: Said) => void): Promise<void> {
  try {
    const { subjectPath, laws, options, shard } = share;
    const stop = new Int32Array(share.stop);
    const subject = await openSubject(subjectPath);
    try {
      const result = await search({
        ...options,
        shard,
        laws: lawsNamed(laws),
        ...(subject === undefined ? {} : { subject }),
        interrupted: () => Atomics.load(stop, 0) === 1,
        onProgress: (progress) => say({ kind: 'progress', progress }),
      });
      say({ kind: 'result', result });
    } finally {
      await close(subject);
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ kind: 'failed', name, message });
  }
}
