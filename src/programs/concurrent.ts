import type { CounterDomain, CounterLine } from '../contract/event-reader.js';
import type { Source } from '../contract/property.js';
import type { Access, Program, Store } from './program.js';

/** The memories on which a program can be explored, the strongest first. */
export const MEMORIES = ['sc', 'tso', 'weak'] as const;
export type MemoryName = (typeof MEMORIES)[number];

/** What one publication says. A reader that takes nothing but words needs no more than `version`. */
export interface Publication {
  /** Counts publications of a program over all hosts, from 0. */
  readonly version: number;
  /** The counter that it describes; left out: that of all vCPUs on host 0. */
  readonly domain?: CounterDomain;
  readonly line?: CounterLine;
  /** The line holds for counter values below cycleLast + maxDelta; left out: for all. */
  readonly maxDelta?: bigint;
  /** From this counter value on `next` holds instead of `line`. */
  readonly changeAt?: bigint;
  readonly next?: CounterLine;
  /** Whether `next` may not begin below `line`; left out: it may. */
  readonly monotone?: boolean;
}

/** A store that ends the time of one publication, or begins that of another, when others can see it. */
export interface NotedStore extends Store {
  /** The publication that the stored word belongs to. */
  readonly version?: number;
  /** Readers that begin now do not take this publication any more. */
  readonly replaces?: number;
  readonly releases?: Publication;
}

/** What a reader took. The words are named as they were loaded; the runner knows their publications. */
export interface Accepted {
  readonly kind: 'accept';
  readonly words: readonly string[];
  /** Whether the reader used a sample of the counter. */
  readonly counter?: boolean;
  /** What it computed, ns. */
  readonly ns?: bigint;
}

/** What happens around readers and writers. */
export type Environment =
  /** The counter moves on. */
  | { readonly kind: 'elapse'; readonly by: bigint }
  /** The VM goes on elsewhere: every vCPU at once finds these words, and the counter of that host. */
  | {
      readonly kind: 'migrate';
      readonly to: number;
      readonly counter: bigint;
      readonly words: readonly NotedStore[];
    }
  /** A thread goes on on another vCPU. */
  | { readonly kind: 'move'; readonly thread: string; readonly vcpu: number }
  /** Which vCPU the thread runs on, as getcpu(2). */
  | { readonly kind: 'getcpu' }
  /**
   * A slow path that is always exact, and gives ns: the kernel's, which waits for the lock of a writer
   * at work, or the host's, which waits for nobody.
   */
  | { readonly kind: 'ask'; readonly whom: 'kernel' | 'host' }
  /** TSC_ADJUST of every vCPU: the counters jump. */
  | { readonly kind: 'adjust'; readonly by: bigint }
  /** stop_machine(): waits until no reader is inside, and keeps all out. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'let-go' };

/** One act of a thread; `relax` and `accept` are no step of their own. */
export type Act = Exclude<Access, Store> | NotedStore | Environment | Accepted;

export interface Thread {
  readonly name: string;
  readonly body: () => Program<void, Act>;
  /** Readers may give up after so many failed rounds; a writer runs to its end. */
  readonly role: 'reader' | 'writer' | 'host';
  readonly vcpu?: number;
  /** It cannot be moved to another vCPU in the middle. */
  readonly preemptOff?: boolean;
  /** It never waits for a write that is under way: each of its failed rounds saw another store. */
  readonly waitFree?: boolean;
  /** The thread that it interrupts: that one stands while this one is under way, on one CPU. */
  readonly interrupts?: string;
}

/** How much of it is explored. */
export interface Bounds {
  readonly readers: number;
  readonly writes: number;
  readonly migrations: number;
  /** Rounds that a reader is given. */
  readonly tries: number;
}

/** A lockless algorithm with what surrounds it, and what it claims. */
export interface ConcurrentProgram {
  readonly name: string;
  readonly statement: string;
  readonly source: Source;
  /** Where no law breaks; on every other memory one of `breaks` does. */
  readonly soundOn: readonly MemoryName[];
  /** The laws that it breaks where it does not claim to be sound. */
  readonly breaks: readonly string[];
  /** What it is explored with where nobody says otherwise. */
  readonly bounds?: Partial<Bounds>;
  /** The words at the start, all of the first publication. */
  readonly words: Readonly<Record<string, bigint>>;
  readonly published: Publication;
  /** How far the counter of a vCPU is ahead of that of vCPU 0, by number; left out: not at all. */
  readonly skew?: readonly bigint[];
  readonly threads: (bounds: Bounds) => readonly Thread[];
}

export const ORIGIN: CounterDomain = { host: 0, vcpu: null, adjusted: 0 };
export const ELAPSE = elapse(1n);

export function elapse(by: bigint): Environment {
  return { kind: 'elapse', by };
}

export function accept(words: readonly string[], rest: Omit<Accepted, 'kind' | 'words'> = {}) {
  return { kind: 'accept', words, ...rest } satisfies Accepted;
}
