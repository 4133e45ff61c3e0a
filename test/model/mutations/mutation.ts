import type { SourceFile } from './tree.js';

/** One detail of the core made wrong: a replacement in its source. */
export interface Mutation {
  /** What it gets wrong. */
  readonly name: string;
  readonly file: SourceFile;
  /** A snippet that stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** One that a recording tells from the kernel. */
export interface Caught extends Mutation {
  /** The recording's file, without `.jsonl.gz`. */
  readonly caughtBy: string;
}

/** One that no recording at hand can tell from the kernel, yet is another kernel. */
export interface Unrecorded extends Mutation {
  /** The test that fails on it: its file under `test`, and its name. */
  readonly caughtBy: { readonly file: string; readonly test: string };
}
