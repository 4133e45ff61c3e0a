import type { ClockId, ReadPath } from '../contract/clock.js';
import type { Ns } from '../contract/units.js';
import type { Access, Program } from '../programs/program.js';
import { type AcceptedRead, seqcountRead, tickWrite } from '../programs/seqcount.js';

/** What an operation is of, and how its program starts. */
export type Kind =
  | {
      readonly kind: 'read';
      readonly clock: ClockId;
      readonly via: ReadPath;
      readonly counterFirst: boolean;
    }
  | { readonly kind: 'tick' };

/**
 * An operation of a vCPU that is taken step by step: its program, and what it was given so far.
 *
 * A generator cannot be copied, so a copy (a snapshot of the VM) starts the program again and gives
 * it the same values.
 */
export class Operation {
  private readonly program: Program<AcceptedRead | undefined>;
  private state: IteratorResult<Access, AcceptedRead | undefined>;
  private readonly given: bigint[] = [];
  /** The publication that each loaded word, and the counter's sample, belongs to, in their order. */
  readonly versions: number[] = [];

  constructor(
    readonly of: Kind,
    /** True time of its first step. */
    readonly beganNs: Ns,
  ) {
    this.program = start(of);
    this.state = this.program.next();
  }

  /** The access that it waits for; undefined: it has ended. */
  get access(): Access | undefined {
    return this.state.done === true ? undefined : this.state.value;
  }

  /** What a read accepted, once it has ended. */
  get accepted(): AcceptedRead | undefined {
    return this.state.done === true ? this.state.value : undefined;
  }

  /** Performs the access: `value` is what was loaded or sampled. */
  give(value: bigint): void {
    this.given.push(value);
    this.state = this.program.next(value);
  }

  clone(): Operation {
    const copy = new Operation(this.of, this.beganNs);
    for (const value of this.given) copy.give(value);
    copy.versions.push(...this.versions);
    return copy;
  }
}

function start(of: Kind): Program<AcceptedRead | undefined> {
  return of.kind === 'read' ? seqcountRead(of.counterFirst) : ticking();
}

function* ticking(): Program<undefined> {
  yield* tickWrite();
  return undefined;
}
