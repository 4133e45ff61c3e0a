import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { Execution, type Label } from './execution.js';

export interface Enumerated {
  /** Interleavings, each counted on its own. */
  readonly executions: bigint;
  readonly states: number;
  readonly finalStates: ReadonlySet<string>;
  /** False: there are more states than the limit. */
  readonly complete: boolean;
}

/**
 * Every interleaving, with no step taken for independent of another: what the reduction is tested
 * against. Equal states are entered once, and the interleavings that lead through them counted.
 */
export function enumerate(
  program: ConcurrentProgram,
  memory: MemoryName,
  bounds: Bounds,
  limit: number,
): Enumerated {
  const counts = new Map<string, bigint>();
  const finalStates = new Set<string>();
  let complete = true;

  const visit = (path: readonly Label[]): bigint => {
    const execution = play(program, memory, bounds, path);
    const key = execution.key();
    const known = counts.get(key);
    if (known !== undefined) return known;
    if (counts.size >= limit) {
      complete = false;
      return 0n;
    }
    const enabled = execution.enabled();
    if (enabled.length === 0) {
      execution.finish();
      finalStates.add(execution.finalState());
    }
    let count = enabled.length === 0 ? 1n : 0n;
    for (const label of enabled) count += visit([...path, label]);
    counts.set(key, count);
    return count;
  };
  const executions = visit([]);
  return { executions, states: counts.size, finalStates, complete };
}

/** The run that takes these steps. */
export function play(
  program: ConcurrentProgram,
  memory: MemoryName,
  bounds: Bounds,
  path: readonly Label[],
): Execution {
  const execution = new Execution(program, bounds, memory);
  for (const label of path) execution.take(label);
  return execution;
}

/**
 * A shortest run at whose end `isWanted`, by breadth first: no run with fewer steps is.
 *
 * @returns its steps; undefined: there is none, or the limit of states came first.
 */
export function shortest(
  program: ConcurrentProgram,
  memory: MemoryName,
  bounds: Bounds,
  limit: number,
  isWanted: (execution: Execution) => boolean,
): readonly Label[] | undefined {
  const seen = new Set<string>();
  let front: (readonly Label[])[] = [[]];
  while (front.length > 0) {
    const following: (readonly Label[])[] = [];
    for (const path of front) {
      const reached = play(program, memory, bounds, path);
      const labels = reached.enabled();
      const said = reached.events.length;
      for (const [at, label] of labels.entries()) {
        const isLast = at === labels.length - 1;
        const execution = isLast ? reached : play(program, memory, bounds, path);
        execution.take(label);
        const longer = [...path, label];
        if (execution.enabled().length === 0) execution.finish();
        // A run that says nothing new breaks nothing new.
        if (execution.events.length > said && isWanted(execution)) return longer;
        const key = execution.key();
        if (seen.has(key)) continue;
        if (seen.size >= limit) return undefined;
        seen.add(key);
        following.push(longer);
      }
    }
    front = following;
  }
  return undefined;
}
