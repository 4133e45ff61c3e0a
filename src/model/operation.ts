import type { ClockId, ReadPath } from '../contract/clock.js';
import type { Ns } from '../contract/units.js';
import { type PageGuards, type PageWord, pageRead } from '../programs/host-page.js';
import type { Access, Program } from '../programs/program.js';
import {
  type AcceptedRead,
  seqcountRead,
  TIMEKEEPER_WORDS,
  type TimekeeperWord,
  tickWrite,
} from '../programs/seqcount.js';
import type { Hrtimer } from './hrtimer.js';

type Accepted = AcceptedRead<TimekeeperWord | PageWord>;
/** What takes a step of a vCPU. */
export type Step = Extract<Access, { readonly kind: 'load' | 'store' | 'counter' }>;

/** What an operation is of, and how its program starts. */
export type Kind =
  | {
      readonly kind: 'read';
      readonly clock: ClockId;
      readonly via: ReadPath;
      readonly counterFirst: boolean;
    }
  /** Of a page that the host shares. */
  | { readonly kind: 'page-read'; readonly clock: ClockId; readonly guards: PageGuards }
  | { readonly kind: 'tick' }
  /** A timer's callback: the expiry was compared, and its own clock is still to be read. */
  | {
      readonly kind: 'callback';
      readonly timer: Hrtimer;
      readonly dueNs: Ns;
      /** What the interrupt that it is of read, and how many timers it had found due with this one. */
      readonly comparedNs: Ns;
      /** The interrupt ended a halt. */
      readonly wasHalted: boolean;
      readonly expired: number;
    };

/**
 * An operation of a vCPU that is taken step by step: its program, and what it was given so far.
 *
 * A generator cannot be copied, so a copy (a snapshot of the VM) starts the program again and gives
 * it the same values.
 */
export class Operation {
  private readonly program: Program<Accepted | undefined>;
  private state: IteratorResult<Access, Accepted | undefined>;
  private readonly given: bigint[] = [];
  /** The publication that each loaded word, and the counter's sample, belongs to, in their order. */
  readonly versions: number[] = [];

  constructor(
    readonly of: Kind,
    /** True time of its first step. */
    readonly beganNs: Ns,
  ) {
    this.program = start(of);
    this.state = this.skipUnseen(this.program.next());
  }

  /** The step that it waits for; undefined: it has ended. */
  get access(): Step | undefined {
    return this.state.done === true ? undefined : (this.state.value as Step); // see skipUnseen()
  }

  /** What a read accepted, once it has ended. */
  get accepted(): Accepted | undefined {
    return this.state.done === true ? this.state.value : undefined;
  }

  /** Performs the access: `value` is what was loaded or sampled. */
  give(value: bigint): void {
    this.given.push(value);
    this.state = this.skipUnseen(this.program.next(value));
  }

  /** The guest's vCPUs see each other's stores in order and at once: a fence is no step of theirs. */
  private skipUnseen(state: typeof this.state): typeof this.state {
    let next = state;
    while (next.done !== true && isUnseen(next.value)) next = this.program.next(0n);
    return next;
  }

  clone(): Operation {
    const copy = new Operation(this.of, this.beganNs);
    for (const value of this.given) copy.give(value);
    copy.versions.push(...this.versions);
    return copy;
  }
}

function isUnseen({ kind }: Access): boolean {
  return kind === 'fence' || kind === 'relax';
}

function start(of: Kind): Program<Accepted | undefined> {
  if (of.kind === 'tick') return ticking();
  if (of.kind === 'callback') return callingBack();
  if (of.kind === 'page-read') return pageRead(of.guards) as Program<Accepted>; // of its own words
  const counter = of.counterFirst ? 'before' : 'inside';
  return seqcountRead({ words: TIMEKEEPER_WORDS, counter }) as Program<Accepted>; // likewise
}

function* ticking(): Program<undefined> {
  yield* tickWrite();
  return undefined;
}

function* callingBack(): Program<undefined> {
  yield { kind: 'counter' };
  return undefined;
}
