import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { lawsNamed } from '../../src/app/catalogue.js';
import { type Progress, search } from '../../src/app/check.js';
import type { Watch } from '../../src/cli/progress.js';
import { serve } from '../../src/cli/serve.js';
import {
  type Said,
  type Share,
  searchInThreads,
  type Thread,
  type ThreadTask,
} from '../../src/cli/workers.js';
import { backwards } from './modules.js';
import { directory } from './recorder.js';

const LAWS = ['monotonic-never-decreases', 'monotonic-keeps-moving'];
const OPTIONS = { seed: 1, runs: 41, maxCommands: 60, faults: ['core-negative-delta-u64'] };
const TASK: ThreadTask = { subjectPath: null, laws: LAWS, options: OPTIONS };

function watcher(interrupted = false): Watch & { readonly seen: Progress[] } {
  const seen: Progress[] = [];
  return {
    seen,
    watching: { onProgress: (progress) => seen.push(progress) },
    interrupted: () => interrupted,
    done: () => undefined,
  };
}

/** A thread of this thread: what passes is copied, as between two. */
class InProcess extends EventEmitter implements Thread {
  constructor(share: Share) {
    super();
    setTimeout(() => serve(share, (said) => this.emit('message', structuredClone(said))), 5);
  }

  terminate(): Promise<void> {
    this.emit('exit', 1);
    return Promise.resolve();
  }
}

describe('threads', () => {
  test.each([1, 2, 3, 8])('%i threads find what one finds', async (jobs) => {
    const alone = await search({ ...OPTIONS, laws: lawsNamed(LAWS) });
    const watching = watcher();
    const merged = await searchInThreads(TASK, jobs, watching, (share) => new InProcess(share));
    expect(merged).toEqual(alone);
    expect(watching.seen.at(-1)).toMatchObject({ runs: 41, of: 41 });
  });

  test('each thread loads the subject for itself, and closes it', async () => {
    const task = { ...TASK, subjectPath: backwards(directory(), 'async') };
    const found = await searchInThreads(task, 2, watcher(), (share) => new InProcess(share));
    expect(found.laws[0]).toMatchObject({ name: 'monotonic-never-decreases' });
    expect(found.laws[0]?.firstRun).not.toBeNull();
    expect(Reflect.get(globalThis, 'closed')).toBe(2);
  });

  test('Ctrl-C reaches every thread', async () => {
    const start = (share: Share): Thread => {
      const thread = new EventEmitter();
      // Starts late, so that the stop is there before its first run.
      setTimeout(() => serve(share, (said: Said) => thread.emit('message', said)), 120);
      return Object.assign(thread, { terminate: () => Promise.resolve() });
    };
    const merged = await searchInThreads(TASK, 2, watcher(true), start);
    expect(merged).toMatchObject({ runs: 0, cut: true });
  });

  test.each([
    ['./nowhere.mjs', 'UsageError'],
    [new URL('../../vitest.config.ts', import.meta.url).pathname, 'SubjectError'],
  ])('what a thread could not do keeps its class: %s', async (subjectPath, name) => {
    const found = searchInThreads(
      { ...TASK, subjectPath },
      2,
      watcher(),
      (share) => new InProcess(share),
    );
    await expect(found).rejects.toMatchObject({ name });
  });

  test('a thread that breaks or ends is not waited for', async () => {
    const ending = (event: 'error' | 'exit', value: unknown) => () => {
      const thread = new EventEmitter();
      setTimeout(() => thread.emit(event, value), 1);
      return Object.assign(thread, { terminate: () => Promise.resolve() });
    };
    await expect(searchInThreads(TASK, 1, watcher(), ending('exit', 3))).rejects.toThrow(
      'a thread ended with code 3',
    );
    await expect(
      searchInThreads(TASK, 1, watcher(), ending('error', new Error('out of memory'))),
    ).rejects.toThrow('out of memory');
    const odd = () => {
      const thread = new EventEmitter();
      const said: Said = { kind: 'failed', name: 'RangeError', message: 'too far' };
      setTimeout(() => thread.emit('message', said), 1);
      return Object.assign(thread, { terminate: () => Promise.resolve() });
    };
    await expect(searchInThreads(TASK, 1, watcher(), odd)).rejects.toThrow('too far');
  });
});
