import type { Event } from '../contract/event.js';
import type { Violation } from '../contract/property.js';
import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { play, shortest } from './enumerate.js';
import type { Execution, Label } from './execution.js';
import { explore } from './exhaustive.js';

/** A law that a run broke. */
export interface Broken {
  readonly law: string;
  readonly violation: Violation;
}

/** What one run broke, and how often each law was put to the test in it. */
export interface Judged {
  readonly broken: readonly Broken[];
  readonly witnesses: ReadonlyMap<string, number>;
}

export interface ProgramOptions {
  readonly memory: MemoryName;
  readonly bounds: Bounds;
  /** Judges the events of one run. The rooms of laws and of interleavings do not know each other. */
  readonly judge: (events: readonly Event[]) => Judged;
  /** Executions at most, and states in the search for a shortest run. */
  readonly limit: number;
}

/** What the exploration of one program on one memory came to. */
export interface ProgramVerdict {
  readonly memory: MemoryName;
  readonly bounds: Bounds;
  readonly executions: number;
  readonly complete: boolean;
  readonly finalStates: number;
  /** How often each law was put to the test and held, over all executions. */
  readonly witnesses: ReadonlyMap<string, number>;
  /** The laws that broke, in the order in which they were found. */
  readonly broken: readonly string[];
  readonly counterexample: ShortestRun | undefined;
}

/** A shortest run that breaks a law. */
export interface ShortestRun extends Broken {
  readonly labels: readonly Label[];
  readonly execution: Execution;
  /** False: there may be a shorter one, as the search for it met its limit. */
  readonly isShortest: boolean;
}

/** Explores every run of a program within its bounds, and finds a shortest one that breaks a law. */
export function verdictOf(program: ConcurrentProgram, options: ProgramOptions): ProgramVerdict {
  const { memory, bounds, judge, limit } = options;
  const witnesses = new Map<string, number>();
  const broken = new Set<string>();
  const judgements = new Map<string, Judged>();
  let found: { readonly labels: readonly Label[]; readonly broken: Broken } | undefined;
  const explored = explore(program, {
    memory,
    bounds,
    limit,
    visit: (execution) => {
      const outcome = execution.outcome();
      const judged = judgements.get(outcome) ?? judge(execution.events);
      judgements.set(outcome, judged);
      for (const [law, count] of judged.witnesses) {
        witnesses.set(law, (witnesses.get(law) ?? 0) + count);
      }
      for (const each of judged.broken) {
        broken.add(each.law);
        if (found !== undefined && found.labels.length <= execution.taken.length) continue;
        found = { labels: [...execution.taken], broken: each };
      }
      return false;
    },
  });
  const { executions, complete, finalStates } = explored;
  return {
    memory,
    bounds,
    executions,
    complete,
    finalStates: finalStates.size,
    witnesses,
    broken: [...broken],
    counterexample: found === undefined ? undefined : shorten(program, options, found),
  };
}

/** Breadth first from the start: what it finds has as few steps as can be. */
function shorten(
  program: ConcurrentProgram,
  { memory, bounds, judge, limit }: ProgramOptions,
  found: { readonly labels: readonly Label[]; readonly broken: Broken },
): ShortestRun {
  const breaks = (execution: Execution) => judge(execution.events).broken.length > 0;
  const labels = shortest(program, memory, bounds, limit, breaks);
  const shown = labels ?? found.labels;
  const execution = play(program, memory, bounds, shown);
  if (execution.enabled().length === 0) execution.finish();
  const [first = found.broken] = judge(execution.events).broken;
  return { ...first, labels: shown, execution, isShortest: labels !== undefined };
}
