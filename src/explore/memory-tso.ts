import { type Cell, cellKey, type Memory, type MemoryOptions } from './memory.js';
import { SequentialMemory } from './memory-sc.js';

/**
 * Total store order, as x86: each core has a queue of stores that others cannot see yet, and looks
 * into its own first. Stores leave it in order; smp_mb() waits until it is empty, the other fences
 * are nothing here.
 */
export class StoreBufferMemory implements Memory {
  readonly queues = true;
  readonly remembers = false;
  private readonly shared: SequentialMemory;
  private readonly buffers: { readonly word: string; readonly cell: Cell }[][];

  constructor(options: MemoryOptions) {
    this.shared = new SequentialMemory(options);
    this.buffers = Array.from({ length: options.cores }, () => []);
  }

  choices(): readonly number[] {
    return this.shared.choices();
  }

  load(core: number, word: string): Cell {
    const own = this.buffers[core]?.findLast((entry) => entry.word === word);
    return own?.cell ?? this.shared.newest(word);
  }

  store(core: number, word: string, cell: Cell): void {
    this.shared.newest(word);
    this.buffers[core]?.push({ word, cell });
  }

  advance(core: number, word: string, cell: Cell): void {
    this.shared.advance(core, word, cell);
  }

  fence(): void {}

  pending(core: number): { readonly word: string; readonly cell: Cell } | undefined {
    return this.buffers[core]?.[0];
  }

  flush(core: number): void {
    const oldest = this.buffers[core]?.shift();
    if (oldest !== undefined) this.shared.store(core, oldest.word, oldest.cell);
  }

  replaceAll(cells: readonly (readonly [string, Cell])[]): void {
    this.shared.replaceAll(cells);
  }

  newest(word: string): Cell {
    return this.shared.newest(word);
  }

  key(): string {
    const buffers = this.buffers.map((buffer) =>
      buffer.map(({ word, cell }) => `${word}=${cellKey(cell)}`).join(),
    );
    return `${this.shared.key()}|${buffers.join('|')}`;
  }
}
