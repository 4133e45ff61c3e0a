import type { Event } from '../contract/event.js';
import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { domainNumber, domainOf } from './domain.js';
import { type Cell, cellOf, type Memory, memoryOf } from './memory.js';
import { Reporter } from './reporter.js';
import { type Local, RunningThread, type Step } from './running-thread.js';

/** The word in which every memory keeps the counter of vCPU 0. */
export const COUNTER_WORD = '(counter)';

/** One possibility to go on: a thread takes its step, and where a load has several answers, gets this. */
export interface Label {
  /** Position in the list of threads; from its length on: the store queue of core `thread - length`. */
  readonly thread: number;
  readonly choice: number;
}

/** What a step touched: two steps of which neither writes what the other touches can be swapped. */
export interface Taken extends Label {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** It may not be swapped with anything. */
  readonly all: boolean;
  /** The word of which it takes one answer of several: the same one before and after another's store. */
  readonly picks?: string;
  /** An earlier step without which this one could not be, by position. */
  readonly after: number | undefined;
}

/** One run of a program on one memory, step by step. */
export class Execution {
  readonly threads: readonly RunningThread[];
  readonly taken: Taken[] = [];
  readonly acts: Step[] = [];
  private readonly memory: Memory;
  private readonly reporter: Reporter;
  private readonly cores: number;
  /** Positions of the stores that wait in each core's queue, and of the last one that left it. */
  private readonly queued: number[][];
  private readonly flushed: (number | undefined)[];
  private holder: RunningThread | undefined;

  constructor(
    private readonly program: ConcurrentProgram,
    private readonly bounds: Bounds,
    memory: MemoryName,
  ) {
    const threads = program.threads(bounds);
    const own = threads.filter(({ interrupts }) => interrupts === undefined);
    this.cores = own.length;
    const coreOf = (name: string) => own.findIndex((each) => each.name === name);
    const local: Local = {
      accepts: (thread, accepted) => {
        this.reporter.accepted(this.numberOf(thread), thread, accepted);
      },
      relaxes: (thread) => this.relax(thread),
      fences: ({ core }, fence) => this.memory.fence(core, fence),
    };
    this.threads = threads.map(
      (thread) => new RunningThread(thread, coreOf(thread.interrupts ?? thread.name), local),
    );
    this.queued = own.map(() => []);
    this.flushed = own.map(() => undefined);
    this.memory = memoryOf(memory, {
      cores: this.cores,
      cells: initialCells(program),
      seen: (cell) => this.reporter.seen(this.writer, cell, this.counterNow()),
    });
    this.reporter = new Reporter(program, () => this.taken.length);
    this.reporter.released(0, program.published, program.published.line?.cycleLast ?? 0n);
    for (const thread of this.threads) thread.begin();
  }

  get events(): readonly Event[] {
    return this.reporter.events;
  }

  /** Nothing can go on: who has not ended waits for ever. Call it once, at the end. */
  finish(): void {
    this.threads.forEach((thread, at) => {
      if (thread.isDone) return;
      this.reporter.waited(at, 'it waits for a lock whose holder it keeps from going on');
      thread.results.push('waits');
    });
  }

  /** Every way to go on; none: the run has ended. */
  enabled(): readonly Label[] {
    const labels: Label[] = [];
    this.threads.forEach((thread, at) => {
      if (thread.next === undefined || !this.mayGo(thread, thread.next)) return;
      for (const choice of this.choicesOf(thread, thread.next)) labels.push({ thread: at, choice });
    });
    for (let core = 0; core < this.cores; core++) {
      if (this.memory.pending(core) === undefined) continue;
      labels.push({ thread: this.threads.length + core, choice: 0 });
    }
    return labels;
  }

  /** What a step would touch if it were taken now. */
  touches({ thread: at, choice }: Label): Taken {
    const thread = this.threads[at];
    const label = { thread: at, choice };
    if (thread === undefined) {
      const core = at - this.threads.length;
      const pending = this.memory.pending(core);
      const reads = pending !== undefined && isNoted(pending.cell) ? [COUNTER_WORD] : [];
      const writes = pending === undefined ? [] : [pending.word];
      return { ...label, reads, writes, all: false, after: this.queued[core]?.[0] };
    }
    const { next } = thread;
    if (next === undefined) throw new RangeError(`thread ${thread.name} has ended`);
    const shared = this.shared(thread);
    const footprint = this.footprint(next);
    const picks = this.memory.remembers && next.kind === 'load' ? { picks: next.word } : {};
    return {
      ...label,
      ...footprint,
      ...picks,
      writes: [...footprint.writes, ...shared],
      after: next.kind === 'fence' ? this.flushed[thread.core] : undefined,
    };
  }

  /** @param touched as {@link touches} gave it. */
  take(label: Label, touched = this.touches(label)): void {
    const { thread: at, choice } = label;
    const thread = this.threads[at];
    const position = this.taken.push(touched) - 1;
    if (thread === undefined) {
      const core = at - this.threads.length;
      this.writer = this.threads.findIndex((each) => each.core === core);
      this.acts.push({ kind: 'store', word: this.memory.pending(core)?.word ?? '' });
      this.queued[core]?.shift();
      this.flushed[core] = position;
      this.memory.flush(core);
      this.tellOthers(core);
      return;
    }
    const { next } = thread;
    if (next === undefined) throw new RangeError(`thread ${thread.name} has ended`);
    this.acts.push(next);
    this.writer = at;
    const { value, version } = this.perform(thread, next, choice, position);
    thread.give(value, version);
  }

  /** What is left when it is over: what was accepted, and the words. */
  finalState(): string {
    const results = this.threads.map((thread) => `${thread.name}: ${thread.results.join('; ')}`);
    const words = Object.keys(this.program.words).map((word) => {
      const { value, version } = this.memory.newest(word);
      return `${word}=${value}v${version}`;
    });
    return [...results, ...words].join('\n');
  }

  /** Equal for runs of which no law can tell one from the other. */
  outcome(): string {
    return `${this.finalState()}|${this.reporter.key()}`;
  }

  /** Equal for equal states: what can happen from here on, and what was said. */
  key(): string {
    const threads = this.threads.map((thread) => thread.key());
    return `${this.memory.key()}|${threads.join('|')}|${this.reporter.key()}`;
  }

  private writer = 0;

  private numberOf(thread: RunningThread): number {
    return this.threads.indexOf(thread);
  }

  private counterNow(): Cell {
    return this.memory.newest(COUNTER_WORD);
  }

  /** Where two threads share a core, each step of one is before or after each of the other. */
  private shared(thread: RunningThread): readonly string[] {
    const isShared = this.threads.some((each) => each !== thread && each.core === thread.core);
    return isShared ? [`(core ${thread.core})`] : [];
  }

  private mayGo(thread: RunningThread, next: Step): boolean {
    if (this.holder !== undefined && this.holder !== thread) return false;
    const interrupted = this.threads.some(
      (each) => each.thread.interrupts === thread.name && each.isInside,
    );
    if (interrupted) return false;
    switch (next.kind) {
      case 'fence':
        return next.fence !== 'full' || this.memory.pending(thread.core) === undefined;
      case 'hold':
        return this.isQuiet && !this.threads.some((e) => e.thread.role === 'reader' && e.isInside);
      case 'migrate':
      case 'adjust':
        return this.isQuiet;
      case 'let-go':
        return this.isQuiet;
      case 'ask':
        return next.whom === 'host' || (this.isQuiet && !this.reporter.isPublishing);
      case 'move':
        return (
          this.isQuiet &&
          !this.threads.some(
            (each) => each.name === next.thread && each.thread.preemptOff === true && each.isInside,
          )
        );
      default:
        return true;
    }
  }

  private get isQuiet(): boolean {
    return this.queued.every((queue) => queue.length === 0);
  }

  private choicesOf(thread: RunningThread, next: Step): readonly number[] {
    if (next.kind === 'load') return this.memory.choices(thread.core, next.word);
    if (next.kind === 'counter') return this.memory.choices(thread.core, COUNTER_WORD);
    return [0];
  }

  private footprint(next: Step): Omit<Taken, keyof Label | 'after'> {
    const nothing = { reads: [], writes: [], all: false };
    switch (next.kind) {
      case 'load':
        return { ...nothing, reads: [next.word] };
      case 'store': {
        // Into a queue: nobody sees it yet.
        if (this.memory.queues) return nothing;
        return { ...nothing, reads: isNoted(next) ? [COUNTER_WORD] : [], writes: [next.word] };
      }
      case 'fence':
        return next.fence === 'full' ? { ...nothing, writes: ['(full fence)'] } : nothing;
      case 'counter':
        return { ...nothing, reads: [COUNTER_WORD] };
      case 'elapse':
        return { ...nothing, writes: [COUNTER_WORD] };
      case 'getcpu':
        return nothing;
      default:
        return { ...nothing, all: true };
    }
  }

  private perform(
    thread: RunningThread,
    next: Step,
    choice: number,
    position: number,
  ): { readonly value: bigint; readonly version: number } {
    const { core } = thread;
    const { memory } = this;
    const nothing = { value: 0n, version: 0 };
    switch (next.kind) {
      case 'load': {
        const cell = memory.load(core, next.word, next.order === 'acquire', choice);
        if (cell !== memory.newest(next.word)) thread.staleInRound = true;
        thread.versions.set(next.word, cell.version);
        return cell;
      }
      case 'store':
        memory.store(core, next.word, cellOf(next), next.order === 'release');
        if (memory.queues) this.queued[core]?.push(position);
        else this.tellOthers(core);
        return nothing;
      case 'fence':
        memory.fence(core, next.fence);
        return nothing;
      case 'counter': {
        const { value, version } = memory.load(core, COUNTER_WORD, false, choice);
        const counter = value + (this.program.skew?.[thread.vcpu] ?? 0n);
        thread.sample = { counter, domain: domainOf(version, thread.vcpu), sampledAt: value };
        return { value: counter, version };
      }
      case 'elapse':
        this.setCounter(core, this.counterNow().value + next.by);
        return nothing;
      case 'getcpu':
        return { value: BigInt(thread.vcpu), version: 0 };
      case 'ask': {
        const { value, version } = this.counterNow();
        thread.sample = {
          counter: value,
          domain: domainOf(version, thread.vcpu),
          sampledAt: value,
        };
        return { value: this.reporter.exact(value), version };
      }
      default:
        this.change(thread, next);
        return nothing;
    }
  }

  private setCounter(core: number, value: bigint): void {
    this.memory.advance(core, COUNTER_WORD, { ...this.counterNow(), value });
  }

  private change(
    thread: RunningThread,
    next: Extract<Step, { kind: 'migrate' | 'move' | 'adjust' | 'hold' | 'let-go' }>,
  ): void {
    switch (next.kind) {
      case 'migrate': {
        const counter = { value: next.counter, version: domainNumber(next.to, 0) };
        const words = next.words.map((word) => [word.word, cellOf(word)] as const);
        this.memory.replaceAll([[COUNTER_WORD, counter], ...words]);
        break;
      }
      case 'adjust': {
        const { value, version } = this.counterNow();
        const { host, adjusted } = domainOf(version, thread.vcpu);
        const counter = { value: value + next.by, version: domainNumber(host, adjusted + 1) };
        this.memory.replaceAll([[COUNTER_WORD, counter]]);
        break;
      }
      case 'move':
        // The scheduler hands the thread over with all that was done before.
        this.memory.replaceAll([]);
        for (const each of this.threads) if (each.name === next.thread) each.vcpu = next.vcpu;
        break;
      case 'hold':
        this.memory.replaceAll([]);
        this.holder = thread;
        break;
      case 'let-go':
        this.memory.replaceAll([]);
        this.holder = undefined;
    }
    this.tellOthers(thread.core);
  }

  private tellOthers(core: number): void {
    for (const each of this.threads) if (each.core !== core) each.storesInRound++;
  }

  private relax(thread: RunningThread): boolean {
    const missedNothing = thread.storesInRound === 0 && !thread.staleInRound;
    const others = this.threads.filter((each) => each !== thread && each.thread.role !== 'reader');
    const cannotGo =
      this.isQuiet &&
      others.every(
        (each) => each.isDone || each.name === thread.thread.interrupts || each === this.holder,
      );
    if (missedNothing && (cannotGo || thread.thread.waitFree === true)) {
      const because = cannotGo
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

function isNoted({ replaces, releases }: { replaces?: number; releases?: unknown }): boolean {
  return replaces !== undefined || releases !== undefined;
}

function initialCells({ words, published }: ConcurrentProgram): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [word, value] of Object.entries(words)) cells.set(word, { value, version: 0 });
  cells.set(COUNTER_WORD, { value: published.line?.cycleLast ?? 0n, version: 0 });
  return cells;
}
