import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { domainNumber, domainOf } from './domain.js';
import { memoryOf } from './memories.js';
import { type Cell, COUNTER_WORD, cellOf, type Memory } from './memory.js';
import { Reporter } from './reporter.js';
import { type Local, RunningThread, type Step } from './running-thread.js';

/** What a step gives back to its thread. */
export interface Answer {
  readonly value: bigint;
  readonly version: number;
}

const NOTHING: Answer = { value: 0n, version: 0 };

/** The threads of a program, the memory and the counter that they share, and who may go on. */
export class Machine {
  readonly threads: readonly RunningThread[];
  readonly memory: Memory;
  readonly reporter: Reporter;
  readonly cores: number;
  /** Whose store others see, by position in the list of threads. */
  writer = 0;
  private holder: RunningThread | undefined;

  /** @param steps how many steps were taken: what events are dated by. */
  constructor(
    private readonly program: ConcurrentProgram,
    private readonly bounds: Bounds,
    memory: MemoryName,
    local: Omit<Local, 'relaxes'>,
    steps: () => number,
  ) {
    const threads = program.threads(bounds);
    const own = threads.filter(({ interrupts }) => interrupts === undefined);
    this.cores = own.length;
    const coreOf = (name: string) => own.findIndex((each) => each.name === name);
    const all: Local = { ...local, relaxes: (thread) => this.relax(thread) };
    this.threads = threads.map(
      (thread) => new RunningThread(thread, coreOf(thread.interrupts ?? thread.name), all),
    );
    this.memory = memoryOf(memory, {
      cores: this.cores,
      cells: initialCells(program),
      seen: (cell) => this.reporter.seen(this.writer, cell, this.counterNow()),
    });
    this.reporter = new Reporter(program, steps);
    this.reporter.released(0, program.published, this.counterNow().value);
  }

  numberOf(thread: RunningThread): number {
    return this.threads.indexOf(thread);
  }

  /** Whether two threads share the thread's core: then each step of one is before or after each of the other. */
  sharesCore(thread: RunningThread): boolean {
    return this.threads.some((each) => each !== thread && each.core === thread.core);
  }

  mayGo(thread: RunningThread, next: Step): boolean {
    if (this.holder !== undefined && this.holder !== thread) return false;
    const isInterrupted = this.threads.some(
      (each) => each.thread.interrupts === thread.name && each.isInside,
    );
    if (isInterrupted) return false;
    switch (next.kind) {
      case 'fence':
        return this.memory.pending(thread.core) === undefined;
      case 'hold':
        return this.isQuiet && !this.threads.some((e) => e.thread.role === 'reader' && e.isInside);
      case 'migrate':
      case 'adjust':
      case 'let-go':
        return this.isQuiet;
      case 'ask':
        return next.whom === 'host' || (this.isQuiet && !this.reporter.isPublishing);
      case 'move':
        return this.isQuiet && !this.isPinned(next.thread);
      default:
        return true;
    }
  }

  choicesOf({ core }: RunningThread, next: Step): readonly number[] {
    if (next.kind === 'load') return this.memory.choices(core, next.word);
    if (next.kind === 'counter') return this.memory.choices(core, COUNTER_WORD);
    return [0];
  }

  /** Lets others see the oldest store of a core. */
  flush(core: number): void {
    this.memory.flush(core);
    this.tellOthers(core);
  }

  perform(thread: RunningThread, next: Step, choice: number): Answer {
    const { core } = thread;
    const { memory } = this;
    switch (next.kind) {
      case 'load': {
        const cell = memory.load(core, next.word, next.order === 'acquire', choice);
        if (cell !== memory.newest(next.word)) thread.staleInRound = true;
        thread.versions.set(next.word, cell.version);
        return cell;
      }
      case 'store':
        memory.store(core, next.word, cellOf(next), next.order === 'release');
        if (!memory.queues) this.tellOthers(core);
        return NOTHING;
      case 'fence':
        memory.fence(core, next.fence);
        return NOTHING;
      case 'counter': {
        const cell = memory.load(core, COUNTER_WORD, false, choice);
        return this.sampled(thread, cell, this.program.skew?.[thread.vcpu] ?? 0n);
      }
      case 'elapse': {
        const now = this.counterNow();
        memory.advance(core, COUNTER_WORD, { ...now, value: now.value + next.by });
        return NOTHING;
      }
      case 'getcpu':
        return { value: BigInt(thread.vcpu), version: 0 };
      case 'ask': {
        const { value, version } = this.sampled(thread, this.counterNow(), 0n);
        return { value: this.reporter.exact(value), version };
      }
      default:
        this.change(thread, next);
        this.tellOthers(core);
        return NOTHING;
    }
  }

  private get isQuiet(): boolean {
    return Array.from({ length: this.cores }).every(
      (_, core) => this.memory.pending(core) === undefined,
    );
  }

  private isPinned(name: string): boolean {
    return this.threads.some((e) => e.name === name && e.thread.preemptOff === true && e.isInside);
  }

  private counterNow(): Cell {
    return this.memory.newest(COUNTER_WORD);
  }

  private sampled(thread: RunningThread, { value, version }: Cell, skew: bigint): Answer {
    const counter = value + skew;
    thread.sample = { counter, domain: domainOf(version, thread.vcpu), sampledAt: value };
    return { value: counter, version };
  }

  /** What happens to all vCPUs at once: each of them sees all that was done before. */
  private change(
    thread: RunningThread,
    next: Extract<Step, { kind: 'migrate' | 'move' | 'adjust' | 'hold' | 'let-go' }>,
  ): void {
    switch (next.kind) {
      case 'migrate': {
        const counter = { value: next.counter, version: domainNumber(next.to, 0) };
        const words = next.words.map((word) => [word.word, cellOf(word)] as const);
        this.memory.replaceAll([[COUNTER_WORD, counter], ...words]);
        return;
      }
      case 'adjust': {
        const { value, version } = this.counterNow();
        const { host, adjusted } = domainOf(version, thread.vcpu);
        const counter = { value: value + next.by, version: domainNumber(host, adjusted + 1) };
        this.memory.replaceAll([[COUNTER_WORD, counter]]);
        return;
      }
      case 'move':
        this.memory.replaceAll([]);
        for (const each of this.threads) if (each.name === next.thread) each.vcpu = next.vcpu;
        return;
      case 'hold':
      case 'let-go':
        this.memory.replaceAll([]);
        this.holder = next.kind === 'hold' ? thread : undefined;
    }
  }

  private tellOthers(core: number): void {
    for (const each of this.threads) if (each.core !== core) each.storesInRound++;
  }

  /** Whether a reader whose round failed goes on with another. */
  private relax(thread: RunningThread): boolean {
    const missedNothing = thread.storesInRound === 0 && !thread.staleInRound;
    const others = this.threads.filter((each) => each !== thread && each.thread.role !== 'reader');
    const isLast =
      this.isQuiet &&
      others.every(
        (each) => each.isDone || each.name === thread.thread.interrupts || each === this.holder,
      );
    if (missedNothing && (isLast || thread.thread.waitFree === true)) {
      const because = isLast
        ? 'no writer can go on before it'
        : 'it waits for a write that is under way';
      this.reporter.waited(this.numberOf(thread), because);
      thread.results.push('waits');
      return false;
    }
    if (thread.rounds < this.bounds.tries) return true;
    thread.results.push('gave up');
    return false;
  }
}

function initialCells({ words, published }: ConcurrentProgram): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [word, value] of Object.entries(words)) cells.set(word, { value, version: 0 });
  cells.set(COUNTER_WORD, { value: published.line?.cycleLast ?? 0n, version: 0 });
  return cells;
}
