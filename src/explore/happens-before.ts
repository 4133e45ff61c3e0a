import type { Taken } from './execution.js';

/** Of each thread, how many of its steps are known to have come before. */
export type Clock = readonly number[];

/** Whether the order of two steps of different threads can matter. */
export function conflict(first: Taken, second: Taken): boolean {
  if (first.all || second.all) return true;
  return (
    touchesAny(first.writes, second.writes) ||
    touchesAny(first.writes, second.reads) ||
    touchesAny(first.reads, second.writes)
  );
}

/** Whether two steps come to the same in either order, also where their threads could have differed. */
export function commute(first: Taken, second: Taken): boolean {
  return !conflict(withoutPick(first), withoutPick(second));
}

/** A load that takes a certain message takes it before and after another's store. */
function withoutPick(step: Taken): Taken {
  const { picks, reads } = step;
  return picks === undefined ? step : { ...step, reads: reads.filter((word) => word !== picks) };
}

function touchesAny(some: readonly string[], others: readonly string[]): boolean {
  return some.some((word) => others.includes(word));
}

/** The order among the steps of one run that no swap of neighbours can change, and the pairs at its edge. */
export class HappensBefore {
  private readonly clocks: Clock[] = [];
  private readonly steps: Taken[] = [];
  /** Number of the step among those of its thread, from 1. */
  private readonly ranks: number[] = [];
  private readonly counts: number[] = [];

  constructor(private readonly threads: number) {}

  get length(): number {
    return this.steps.length;
  }

  step(at: number): Taken {
    const step = this.steps[at];
    if (step === undefined) throw new RangeError(`there is no step ${at}`);
    return step;
  }

  /** @param clock as {@link look} gave it for this step. */
  push(step: Taken, clock: Clock): void {
    const rank = (this.counts[step.thread] ?? 0) + 1;
    this.counts[step.thread] = rank;
    this.steps.push(step);
    this.ranks.push(rank);
    this.clocks.push(clock.map((count, thread) => (thread === step.thread ? rank : count)));
  }

  pop(): void {
    const step = this.steps.pop();
    this.ranks.pop();
    this.clocks.pop();
    if (step !== undefined) this.counts[step.thread] = (this.counts[step.thread] ?? 1) - 1;
  }

  /** Whether step `first` is before step `second` in every order that is as good. */
  isBefore(first: number, second: number): boolean {
    return this.isKnown(first, this.clocks[second] ?? []);
  }

  /**
   * What a step would know if it came next, and its races: the earlier steps that it could have come
   * before, the nearest first.
   */
  look(step: Taken): { readonly clock: Clock; readonly races: readonly number[] } {
    const clock = Array.from({ length: this.threads }, () => 0);
    const races: number[] = [];
    const last = this.steps.findLastIndex((each) => each.thread === step.thread);
    if (last >= 0) join(clock, this.clocks[last] ?? []);
    // The latest first: an earlier one that is before a later one is no neighbour.
    for (let at = this.steps.length - 1; at >= 0; at--) {
      const other = this.steps[at];
      if (other === undefined || other.thread === step.thread) continue;
      const isCause = step.after === at;
      if (!isCause && !conflict(other, step)) continue;
      if (!isCause && !this.isKnown(at, clock)) races.push(at);
      join(clock, this.clocks[at] ?? []);
    }
    return { clock, races };
  }

  private isKnown(at: number, clock: Clock): boolean {
    const thread = this.steps[at]?.thread ?? 0;
    return (clock[thread] ?? 0) >= (this.ranks[at] ?? 0);
  }
}

function join(clock: number[], other: Clock): void {
  other.forEach((count, thread) => {
    if ((clock[thread] ?? 0) < count) clock[thread] = count;
  });
}
