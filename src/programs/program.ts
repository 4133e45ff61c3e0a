/**
 * One access of an algorithm to what others can see, announced before it happens: whoever runs the
 * program performs it, and may let anything else happen in between.
 */
export type Access =
  | { readonly kind: 'load'; readonly word: string }
  | { readonly kind: 'store'; readonly word: string }
  | { readonly kind: 'counter' };

/**
 * An algorithm of readers and writers as a generator: it yields each access and is given the value
 * loaded or sampled. A store's value is known to the runner, which holds the data written.
 */
export type Program<Result> = Generator<Access, Result, bigint>;
