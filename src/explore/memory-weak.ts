import type { Fence } from '../programs/program.js';
import { type Cell, cellKey, type Memory, type MemoryOptions } from './memory.js';

/** Of each location the oldest message that is still to be seen, by the number of the location. */
type View = number[];

interface Message {
  readonly cell: Cell;
  /** What who acquires this message has seen. */
  readonly view: View;
}

/** What one core has seen. */
interface Front {
  /** What its loads cannot fall behind. */
  readonly current: View;
  /** What smp_rmb() would add: the views of all that was loaded. */
  readonly acquired: View;
  /** Its own stores. */
  readonly stored: View;
  /** The own stores before the last smp_wmb(): what each later store carries. */
  released: View;
}

/**
 * Each location is a history of messages, each core has a view of them: a load may take any message
 * that its view does not exclude, so that a barrier that is missing shows.
 *
 * Loads are not delayed past later stores of their core, and the stores of one location stand in the
 * order in which they were made: load buffering and 2+2W are not here. smp_wmb() orders stores with
 * stores and nothing else; dependencies order nothing, so a program must say what it leans on.
 * After the view machines of Kang and others, "A promising semantics for relaxed-memory concurrency",
 * POPL 2017, without promises.
 */
export class WeakMemory implements Memory {
  readonly queues = false;
  readonly remembers = true;
  private readonly numbers = new Map<string, number>();
  private readonly histories: Message[][] = [];
  private readonly fronts: Front[];
  private readonly global: View;
  private readonly seen: (cell: Cell) => void;

  constructor({ cores, cells, seen }: MemoryOptions) {
    this.seen = seen;
    const blank = (): View => Array.from({ length: cells.size }, () => 0);
    for (const [word, cell] of cells) {
      this.numbers.set(word, this.histories.length);
      this.histories.push([{ cell, view: blank() }]);
    }
    this.global = blank();
    this.fronts = Array.from({ length: cores }, () => ({
      current: blank(),
      acquired: blank(),
      stored: blank(),
      released: blank(),
    }));
  }

  choices(core: number, word: string): readonly number[] {
    const at = this.numberOf(word);
    const from = this.frontOf(core).current[at] ?? 0;
    const { length } = this.historyOf(at);
    return Array.from({ length: length - from }, (_, index) => length - 1 - index);
  }

  load(core: number, word: string, acquires: boolean, choice: number): Cell {
    const at = this.numberOf(word);
    const { current, acquired } = this.frontOf(core);
    const message = this.historyOf(at)[choice];
    if (message === undefined) throw new RangeError(`"${word}" has no message ${choice}`);
    raise(current, at, choice);
    join(acquired, message.view);
    raise(acquired, at, choice);
    if (acquires) join(current, message.view);
    return message.cell;
  }

  store(core: number, word: string, cell: Cell, releases: boolean): void {
    const at = this.numberOf(word);
    const { current, acquired, stored, released } = this.frontOf(core);
    const history = this.historyOf(at);
    for (const view of [current, acquired, stored]) raise(view, at, history.length);
    const view = [...(releases ? current : released)];
    raise(view, at, history.length);
    history.push({ cell, view });
    this.seen(cell);
  }

  advance(core: number, word: string, cell: Cell): void {
    this.store(core, word, cell, true);
    // Stores reach everybody sooner than time moves on: who saw it move saw what was before.
    const moved = this.historyOf(this.numberOf(word)).at(-1);
    if (moved !== undefined) join(moved.view, this.everything());
  }

  fence(core: number, fence: Fence): void {
    const front = this.frontOf(core);
    if (fence !== 'write') join(front.current, front.acquired);
    if (fence === 'full') {
      join(front.current, this.global);
      join(this.global, front.current);
      front.released = [...front.current];
    }
    if (fence === 'write') {
      front.released = [...front.released];
      join(front.released, front.stored);
    }
  }

  pending(): undefined {
    return undefined;
  }

  flush(): void {}

  replaceAll(cells: readonly (readonly [string, Cell])[]): void {
    const added = cells.map(([word, cell]) => {
      const history = this.historyOf(this.numberOf(word));
      history.push({ cell, view: [] });
      return history;
    });
    const everything = this.everything();
    for (const history of added) {
      const { cell } = history.pop() as Message; // pushed above
      history.push({ cell, view: everything });
    }
    for (const front of this.fronts) {
      for (const view of [front.current, front.acquired]) join(view, everything);
      front.released = [...everything];
    }
    for (const [, cell] of cells) this.seen(cell);
  }

  newest(word: string): Cell {
    const newest = this.historyOf(this.numberOf(word)).at(-1);
    if (newest === undefined) throw new RangeError(`"${word}" has no message`);
    return newest.cell;
  }

  key(): string {
    const histories = this.histories.map((history) =>
      history.map(({ cell, view }) => `${cellKey(cell)}@${view.join('.')}`).join(),
    );
    const fronts = this.fronts.map(({ current, acquired, stored, released }) =>
      [current, acquired, stored, released].map((view) => view.join('.')).join(';'),
    );
    return `${histories.join('|')}|${fronts.join('|')}|${this.global.join('.')}`;
  }

  private everything(): View {
    return this.histories.map(({ length }) => length - 1);
  }

  private numberOf(word: string): number {
    const at = this.numbers.get(word);
    if (at === undefined) throw new RangeError(`no thread or table declares the word "${word}"`);
    return at;
  }

  private historyOf(at: number): Message[] {
    return this.histories[at] ?? [];
  }

  private frontOf(core: number): Front {
    const front = this.fronts[core];
    if (front === undefined) throw new RangeError(`there is no core ${core}`);
    return front;
  }
}

function raise(view: View, at: number, to: number): void {
  if ((view[at] ?? 0) < to) view[at] = to;
}

function join(view: View, other: View): void {
  for (let at = 0; at < other.length; at++) raise(view, at, other[at] ?? 0);
}
