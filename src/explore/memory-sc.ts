import { type Cell, cellKey, type Memory, type MemoryOptions } from './memory.js';

const ONE: readonly number[] = [0];

/** One value a location: every load sees the last store. */
export class SequentialMemory implements Memory {
  readonly queues = false;
  readonly remembers = false;
  private readonly cells: Map<string, Cell>;
  private readonly seen: (cell: Cell) => void;

  constructor({ cells, seen }: MemoryOptions) {
    this.cells = new Map(cells);
    this.seen = seen;
  }

  choices(): readonly number[] {
    return ONE;
  }

  load(_core: number, word: string): Cell {
    return this.newest(word);
  }

  store(_core: number, word: string, cell: Cell): void {
    this.cells.set(word, cell);
    this.seen(cell);
  }

  advance(_core: number, word: string, cell: Cell): void {
    this.cells.set(word, cell);
  }

  fence(): void {}

  pending(): undefined {
    return undefined;
  }

  flush(): void {}

  replaceAll(cells: readonly (readonly [string, Cell])[]): void {
    for (const [word, cell] of cells) this.cells.set(word, cell);
    for (const [, cell] of cells) this.seen(cell);
  }

  newest(word: string): Cell {
    const cell = this.cells.get(word);
    if (cell === undefined) throw new RangeError(`no thread or table declares the word "${word}"`);
    return cell;
  }

  key(): string {
    return [...this.cells.values()].map(cellKey).join();
  }
}
