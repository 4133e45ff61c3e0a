import type { CounterDomain } from '../contract/event-reader.js';
import type { Accepted, Act, Thread } from '../programs/concurrent.js';
import type { Program } from '../programs/program.js';

/** An act that takes a step of its own: smp_rmb() and smp_wmb() are about the steps around them. */
export type Step =
  | Exclude<Act, Accepted | { readonly kind: 'relax' | 'fence' }>
  | { readonly kind: 'fence'; readonly fence: 'full' };

/** What happens to a thread on its way to its next step. */
export interface Local {
  readonly fences: (thread: RunningThread, fence: 'read' | 'write') => void;
  readonly accepts: (thread: RunningThread, accepted: Accepted) => void;
  /** Whether the thread goes on with another round. */
  readonly relaxes: (thread: RunningThread) => boolean;
}

/** A thread under way: its program, and what it has seen. */
export class RunningThread {
  /** The step that it waits to take; undefined: it has ended. */
  next: Step | undefined;
  started = false;
  vcpu: number;
  /** Failed rounds. */
  rounds = 0;
  /** The publication of each word, as it was loaded last. */
  readonly versions = new Map<string, number>();
  /** The last sample of the counter. */
  sample:
    | { readonly counter: bigint; readonly domain: CounterDomain; readonly sampledAt: bigint }
    | undefined;
  /** Whether a store of others came in since the round began, and whether a load missed one. */
  storesInRound = 0;
  staleInRound = false;
  /** What it accepted or that it gave up, as part of a final state. */
  readonly results: string[] = [];
  private readonly given: string[] = [];
  private readonly program: Program<void, Act>;

  constructor(
    readonly thread: Thread,
    /** Threads of one core share a view of memory. */
    readonly core: number,
    private readonly local: Local,
  ) {
    this.vcpu = thread.vcpu ?? 0;
    this.program = thread.body();
  }

  get name(): string {
    return this.thread.name;
  }

  get isDone(): boolean {
    return this.next === undefined;
  }

  get isInside(): boolean {
    return this.started && !this.isDone;
  }

  /** Runs to the first step. */
  begin(): void {
    this.pump(this.program.next());
  }

  /** The step was taken: `value` is what was loaded or sampled, `version` its publication. */
  give(value: bigint, version: number): void {
    this.started = true;
    this.given.push(`${value}v${version}`);
    this.pump(this.program.next(value));
  }

  /** Equal for equal pasts. */
  key(): string {
    const flags = `${this.vcpu}${this.staleInRound ? 's' : ''}${this.storesInRound > 0 ? 'o' : ''}`;
    return `${this.given.join()}/${flags}`;
  }

  private pump(state: IteratorResult<Act, void>): void {
    let at = state;
    for (;;) {
      if (at.done === true) {
        this.next = undefined;
        return;
      }
      const act = at.value;
      if (act.kind === 'accept') this.local.accepts(this, act);
      else if (act.kind === 'fence' && act.fence !== 'full') this.local.fences(this, act.fence);
      else if (act.kind === 'relax') {
        this.rounds++;
        if (!this.local.relaxes(this)) {
          this.next = undefined;
          return;
        }
        this.storesInRound = 0;
        this.staleInRound = false;
      } else {
        this.next = act as Step; // what is left takes a step
        return;
      }
      at = this.program.next(0n);
    }
  }
}
