import type { NotedStore, Publication } from '../programs/concurrent.js';
import type { Fence } from '../programs/program.js';

/** The word in which every memory keeps the counter of vCPU 0. */
export const COUNTER_WORD = '(counter)';

/** What a location holds: a value and, for the laws, the publication that it belongs to. */
export interface Cell {
  readonly value: bigint;
  readonly version: number;
  readonly replaces?: number;
  readonly releases?: Publication;
}

/**
 * The memory that threads share. A *core* is what has a view of its own: a thread, or a thread with
 * those that interrupt it.
 */
export interface Memory {
  /** Whether a store waits in a queue until it is flushed. */
  readonly queues: boolean;
  /** Whether a load may take what was there before the last store. */
  readonly remembers: boolean;
  /** Which of several answers a load may get; most have one. Numbers stay good as others store. */
  choices(core: number, word: string): readonly number[];
  /** @param choice one of {@link choices} */
  load(core: number, word: string, acquires: boolean, choice: number): Cell;
  store(core: number, word: string, cell: Cell, releases: boolean): void;
  /** A store that no queue holds back: time passes for all, after what this core has done. */
  advance(core: number, word: string, cell: Cell): void;
  fence(core: number, fence: Fence): void;
  /** The oldest store of a core that others cannot see yet. */
  pending(core: number): { readonly word: string; readonly cell: Cell } | undefined;
  /** Lets others see {@link pending}. */
  flush(core: number): void;
  /** Every core sees every store from now on, and finds these cells. Nothing may be pending. */
  replaceAll(cells: readonly (readonly [string, Cell])[]): void;
  /** What a core would see that misses nothing. */
  newest(word: string): Cell;
  /** Equal for equal states. */
  key(): string;
}

export interface MemoryOptions {
  readonly cores: number;
  readonly cells: ReadonlyMap<string, Cell>;
  /** Called when others can see a store. */
  readonly seen: (cell: Cell) => void;
}

/** @returns the cell that a store writes; without a value of its own the runner has none to give. */
export function cellOf({ value = 0n, version = 0, replaces, releases }: NotedStore): Cell {
  return {
    value,
    version,
    ...(replaces === undefined ? {} : { replaces }),
    ...(releases === undefined ? {} : { releases }),
  };
}

/** One cell, as part of a state's key. */
export function cellKey({ value, version }: Cell): string {
  return `${value}v${version}`;
}
