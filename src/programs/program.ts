/**
 * What a lockless algorithm does next, announced before it happens: whoever runs the program performs
 * it, and may let anything else happen in between.
 *
 * Orders and fences are those of the kernel: `acquire` is smp_load_acquire(), `release`
 * smp_store_release(), the fences smp_rmb(), smp_wmb() and smp_mb(); a load or store without an order
 * is READ_ONCE() or WRITE_ONCE().
 */
export type Access =
  | { readonly kind: 'load'; readonly word: string; readonly order?: 'acquire' }
  | Store
  | { readonly kind: 'fence'; readonly fence: Fence }
  /** A sample of the counter of the vCPU that the program runs on. */
  | { readonly kind: 'counter' }
  /** cpu_relax(): a round failed, and the next one begins. Nobody else sees it. */
  | { readonly kind: 'relax' };

export type Fence = 'read' | 'write' | 'full';

export interface Store {
  readonly kind: 'store';
  readonly word: string;
  readonly order?: 'release';
  /** Left out: whoever runs the program holds the data written. */
  readonly value?: bigint;
}

/** An algorithm of readers and writers: it yields each act and is given the value loaded or sampled. */
export type Program<Result, Act = Access> = Generator<Act, Result, bigint>;

export function load(word: string): Access {
  return { kind: 'load', word };
}

export function loadAcquire(word: string): Access {
  return { kind: 'load', word, order: 'acquire' };
}

export function store(word: string, value?: bigint): Store {
  return value === undefined ? { kind: 'store', word } : { kind: 'store', word, value };
}

export function storeRelease(word: string, value?: bigint): Store {
  return { ...store(word, value), order: 'release' };
}

export const COUNTER: Access = { kind: 'counter' };
export const RELAX: Access = { kind: 'relax' };
export const READ_FENCE: Access = { kind: 'fence', fence: 'read' };
export const WRITE_FENCE: Access = { kind: 'fence', fence: 'write' };
export const FULL_FENCE: Access = { kind: 'fence', fence: 'full' };
