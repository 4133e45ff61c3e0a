import { COUNTER, load, loadAcquire, type Program, READ_FENCE, RELAX } from './program.js';

/** How a reader of a page with a version goes about it. */
export interface VersionReader {
  /** The words behind the version, as they are called on the page. */
  readonly words: readonly string[];
  /** The word that holds the version; left out: `version`. */
  readonly version?: string;
  /** An odd version can never be met again; left out: true. */
  readonly masks?: boolean;
  /** What stands before the second look: 'acquire' is a load that looks like a barrier. */
  readonly recheck?: 'fence' | 'acquire' | 'none';
  readonly counter?: boolean;
}

export interface VersionRead {
  /** The version that it began with. */
  readonly version: bigint;
  readonly counter: bigint;
  readonly values: readonly bigint[];
}

/**
 * A reader of a page that the host writes: it looks for the even version at or below what it saw, so
 * that a writer at work is noticed at the end. As pvclock_read_begin() and vmclock.
 */
export function* versionRead(reader: VersionReader): Program<VersionRead> {
  const { words, masks = true, recheck = 'fence', counter: samples = true } = reader;
  const word = reader.version ?? 'version';
  for (;;) {
    const seen = yield loadAcquire(word);
    const version = masks ? seen & ~1n : seen;
    const values: bigint[] = [];
    for (const each of words) values.push(yield load(each));
    const counter = samples ? yield COUNTER : 0n;
    if (recheck === 'fence') yield READ_FENCE;
    const again = yield recheck === 'acquire' ? loadAcquire(word) : load(word);
    if (again === version) return { version, counter, values };
    yield RELAX;
  }
}
