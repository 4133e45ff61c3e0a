import type { Event } from '../contract/event.js';
import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { type Footprint, footprintOf, footprintOfSeen } from './footprint.js';
import { Machine } from './machine.js';
import { COUNTER_WORD } from './memory.js';
import type { RunningThread, Step } from './running-thread.js';
import { textOf } from './telling.js';

/** One possibility to go on: a thread takes its step, and where a load has several answers, gets this. */
export interface Label {
  /** Position in the list of threads; from its length on: the store queue of core `thread - length`. */
  readonly thread: number;
  readonly choice: number;
}

/** A step, and what it touched. */
export interface Taken extends Label, Footprint {
  /** The word of which it takes one answer of several: the same one before and after another's store. */
  readonly picks?: string;
  /** An earlier step without which this one could not be, by position. */
  readonly after: number | undefined;
}

/** A line of the story of a run. */
export interface Told {
  /** Who; the queue of a core goes by the name of its thread. */
  readonly thread: string;
  readonly text: string;
  /** What was loaded or sampled. */
  readonly value: bigint | null;
  /** It is the step of this number, from 1; null: it belongs to the step before. */
  readonly step: number | null;
}

/** A thread without an end would be followed for ever. */
const LONGEST = 1000;
const TOO_LONG =
  'a run has more than 1,000 steps. A loop that waits for others yields RELAX where its round failed';

/** One run of a program on one memory, step by step. */
export class Execution {
  readonly taken: Taken[] = [];
  /** What each thread did, in the words of its text. */
  readonly told: Told[] = [];
  private readonly machine: Machine;
  /** Positions of the stores that wait in each core's queue, and of the last one that left it. */
  private readonly queued: number[][];
  private readonly flushed: (number | undefined)[];

  constructor(
    private readonly program: ConcurrentProgram,
    bounds: Bounds,
    memory: MemoryName,
  ) {
    const local = {
      accepts: (
        thread: RunningThread,
        accepted: Parameters<Machine['reporter']['accepted']>[2],
      ) => {
        this.tell(thread.name, textOf(accepted));
        this.machine.reporter.accepted(this.machine.numberOf(thread), thread, accepted);
      },
      fences: ({ core, name }: RunningThread, fence: 'read' | 'write') => {
        this.tell(name, textOf({ kind: 'fence', fence }));
        this.machine.memory.fence(core, fence);
      },
    };
    this.machine = new Machine(program, bounds, memory, local, () => this.taken.length);
    this.queued = Array.from({ length: this.machine.cores }, () => []);
    this.flushed = this.queued.map(() => undefined);
    for (const thread of this.threads) thread.begin();
  }

  get threads(): readonly RunningThread[] {
    return this.machine.threads;
  }

  get events(): readonly Event[] {
    return this.machine.reporter.events;
  }

  /** Every way to go on; none: the run has ended. */
  enabled(): readonly Label[] {
    const labels: Label[] = [];
    this.threads.forEach((thread, at) => {
      if (thread.next === undefined || !this.machine.mayGo(thread, thread.next)) return;
      for (const choice of this.machine.choicesOf(thread, thread.next)) {
        labels.push({ thread: at, choice });
      }
    });
    for (let core = 0; core < this.machine.cores; core++) {
      if (this.machine.memory.pending(core) === undefined) continue;
      labels.push({ thread: this.threads.length + core, choice: 0 });
    }
    return labels;
  }

  /** What a step would touch if it were taken now. */
  touches({ thread: at, choice }: Label): Taken {
    const thread = this.threads[at];
    const { memory } = this.machine;
    if (thread === undefined) {
      const core = at - this.threads.length;
      const pending = memory.pending(core);
      if (pending === undefined) throw new RangeError(`the queue of core ${core} is empty`);
      const after = this.queued[core]?.[0];
      return { thread: at, choice, ...footprintOfSeen(pending.word, pending.cell), after };
    }
    const next = nextOf(thread);
    const footprint = footprintOf(next, memory.queues);
    const core = this.machine.sharesCore(thread) ? [`(core ${thread.core})`] : [];
    const picks = memory.remembers && next.kind === 'load' ? { picks: next.word } : {};
    const writes = [...footprint.writes, ...core];
    const after = next.kind === 'fence' ? this.flushed[thread.core] : undefined;
    return { thread: at, choice, ...footprint, writes, ...picks, after };
  }

  /** @param touched as {@link touches} gave it. */
  take(label: Label, touched = this.touches(label)): void {
    const { thread: at, choice } = label;
    const thread = this.threads[at];
    const position = this.taken.push(touched) - 1;
    if (position >= LONGEST) throw new RangeError(TOO_LONG);
    if (thread === undefined) {
      this.flush(at - this.threads.length, position);
      return;
    }
    const next = nextOf(thread);
    this.machine.writer = at;
    const isOld = this.isOld(thread, next, choice);
    const answer = this.machine.perform(thread, next, choice);
    if (next.kind === 'store' && this.machine.memory.queues) {
      this.queued[thread.core]?.push(position);
    }
    const text = isOld ? `${textOf(next)}, an old value` : textOf(next);
    this.tell(thread.name, text, position + 1, isAnswered(next) ? answer.value : null);
    thread.give(answer.value, answer.version);
  }

  /** Nothing can go on: who has not ended waits for ever. Call it once, at the end. */
  finish(): void {
    this.threads.forEach((thread, at) => {
      if (thread.isDone) return;
      this.machine.reporter.waited(at, 'it waits for a lock whose holder it keeps from going on');
      thread.results.push('waits');
    });
  }

  /** What is left when it is over: what was accepted, and the words. */
  finalState(): string {
    const results = this.threads.map((thread) => `${thread.name}: ${thread.results.join('; ')}`);
    const words = Object.keys(this.program.words).map((word) => {
      const { value, version } = this.machine.memory.newest(word);
      return `${word}=${value}v${version}`;
    });
    return [...results, ...words].join('\n');
  }

  /** Equal for runs of which no law can tell one from the other. */
  outcome(): string {
    return `${this.finalState()}|${this.machine.reporter.key()}`;
  }

  /** Equal for equal states: what can happen from here on, and what was said. */
  key(): string {
    const threads = this.threads.map((thread) => thread.key());
    const { memory, reporter } = this.machine;
    return `${memory.key()}|${threads.join('|')}|${reporter.key()}`;
  }

  private flush(core: number, position: number): void {
    const { memory } = this.machine;
    const { word = '', cell } = memory.pending(core) ?? {};
    this.machine.writer = this.threads.findIndex((each) => each.core === core);
    const store = textOf({ kind: 'store', word, value: cell?.value ?? 0n });
    this.tell(this.threads[this.machine.writer]?.name ?? '', `(others see ${store})`, position + 1);
    this.queued[core]?.shift();
    this.flushed[core] = position;
    this.machine.flush(core);
  }

  private tell(
    thread: string,
    text: string,
    step: number | null = null,
    value: bigint | null = null,
  ): void {
    this.told.push({ thread, text, step, value });
  }

  private isOld({ core }: RunningThread, next: Step, choice: number): boolean {
    if (next.kind !== 'load' && next.kind !== 'counter') return false;
    const word = next.kind === 'load' ? next.word : COUNTER_WORD;
    return choice !== (this.machine.memory.choices(core, word)[0] ?? 0);
  }
}

function nextOf({ next, name }: RunningThread): Step {
  if (next === undefined) throw new RangeError(`thread ${name} has ended`);
  return next;
}

function isAnswered({ kind }: Step): boolean {
  return kind === 'load' || kind === 'counter' || kind === 'getcpu' || kind === 'ask';
}
