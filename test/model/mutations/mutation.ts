import type { SourceFile } from './tree.js';

/** One detail of the core made wrong, as a replacement in its source. */
export interface Mutation {
  /** What is wrong in it, in a few words. */
  readonly name: string;
  readonly file: SourceFile;
  /** A snippet that stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** A recording that tells the difference, of many; its name without `.jsonl.gz`. */
  readonly caughtBy: string;
}
