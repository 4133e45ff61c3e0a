import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { Execution, type Label, type Taken } from './execution.js';
import { commute, conflict, HappensBefore } from './happens-before.js';

export interface Explored {
  /** Runs to the end; of runs that differ by swaps of independent steps only one is counted. */
  readonly executions: number;
  /** Runs cut because all that could follow was explored before. */
  readonly asleep: number;
  /** Whether every run within the bounds was covered. */
  readonly complete: boolean;
  readonly finalStates: ReadonlySet<string>;
}

export interface ExploreOptions {
  readonly memory: MemoryName;
  readonly bounds: Bounds;
  /** Stop after so many executions. */
  readonly limit: number;
  /** Shown each run at its end; true: stop here. */
  readonly visit?: (execution: Execution) => boolean;
}

/** One state on the current path. */
interface Node {
  readonly enabled: readonly Label[];
  /** Threads that are to be taken from here. */
  readonly backtrack: Set<number>;
  /** Steps that need not be taken here: all that follows them was explored. */
  readonly sleep: Map<string, Taken>;
}

/**
 * Every run of a program within its bounds, up to swaps of independent steps: dynamic partial order
 * reduction with source sets and sleep sets. After Abdulla, Aronsson, Jonsson and Sagonas, "Optimal
 * dynamic partial order reduction", POPL 2014, algorithm 1.
 *
 * A load with several answers is several steps of one thread; threads are what is added to a source
 * set, steps what sleeps. A step that a thread kept from being possible (a lock, an interrupt) is
 * tried at the latest state in which it was possible.
 */
export function explore(program: ConcurrentProgram, options: ExploreOptions): Explored {
  return new Exploration(program, options).run();
}

class Exploration {
  private readonly nodes: Node[] = [];
  private readonly path: Label[] = [];
  private readonly finalStates = new Set<string>();
  private readonly order: HappensBefore;
  private execution: Execution;
  private executions = 0;
  private asleep = 0;
  private stopped = false;

  constructor(
    private readonly program: ConcurrentProgram,
    private readonly options: ExploreOptions,
  ) {
    this.execution = this.start();
    // Each thread, and the queue of each core.
    this.order = new HappensBefore(2 * this.execution.threads.length);
  }

  run(): Explored {
    this.extend(new Map());
    return {
      executions: this.executions,
      asleep: this.asleep,
      complete: !this.stopped,
      finalStates: this.finalStates,
    };
  }

  private start(): Execution {
    return new Execution(this.program, this.options.bounds, this.options.memory);
  }

  private extend(sleep: Map<string, Taken>): void {
    const enabled = this.execution.enabled();
    if (enabled.length === 0) {
      this.end();
      return;
    }
    const awake = enabled.find((label) => !sleep.has(keyOf(label)));
    if (awake === undefined) {
      this.asleep++;
      return;
    }
    const node: Node = { enabled, backtrack: new Set([awake.thread]), sleep };
    this.nodes.push(node);
    const depth = this.path.length;
    for (let label = nextOf(node); label !== undefined && !this.stopped; label = nextOf(node)) {
      if (this.execution.taken.length !== depth) this.goBackTo(depth);
      this.follow(node, label);
    }
    this.nodes.pop();
  }

  private follow(node: Node, label: Label): void {
    const step = this.execution.touches(label);
    const { clock, races } = this.order.look(step);
    for (const at of races) this.reverse(at, step);
    const sleep = new Map<string, Taken>();
    for (const [key, other] of node.sleep) {
      if (other.thread !== step.thread && commute(other, step)) sleep.set(key, other);
    }
    this.execution.take(label, step);
    this.path.push(label);
    this.order.push(step, clock);
    this.extend(sleep);
    this.order.pop();
    this.path.pop();
    node.sleep.set(keyOf(label), step);
  }

  private end(): void {
    this.execution.finish();
    this.executions++;
    this.finalStates.add(this.execution.finalState());
    if (this.options.visit?.(this.execution) === true) this.stopped = true;
    if (this.executions >= this.options.limit) this.stopped = true;
  }

  /** Sees to it that `next` is also tried before the step at `at`. */
  private reverse(at: number, next: Taken): void {
    const isPossible = ({ enabled }: Node) => enabled.some((each) => each.thread === next.thread);
    if (!isPossible(this.node(at))) {
      this.unblock(at, next, isPossible);
      return;
    }
    const node = this.node(at);
    const initials = this.initials(at, next);
    if ([...initials].some((thread) => node.backtrack.has(thread))) return;
    const [first = next.thread] = initials;
    node.backtrack.add(first);
  }

  /** Something keeps the step from being possible here: whatever may end that is tried, back to where it was possible. */
  private unblock(at: number, next: Taken, isPossible: (node: Node) => boolean): void {
    const since = this.path.findLastIndex((each) => each.thread === next.thread);
    for (let from = at; from > since; from--) {
      const node = this.node(from);
      if (isPossible(node)) {
        node.backtrack.add(next.thread);
        return;
      }
      for (const { thread } of node.enabled) node.backtrack.add(thread);
    }
  }

  /** Threads that can begin what follows the step at `at` without it, up to `next`. */
  private initials(at: number, next: Taken): ReadonlySet<number> {
    const rest: number[] = [];
    for (let each = at + 1; each < this.order.length; each++) {
      if (!this.order.isBefore(at, each)) rest.push(each);
    }
    const found = new Set<number>();
    const seen = new Set<number>();
    rest.forEach((each, index) => {
      const { thread } = this.order.step(each);
      if (!seen.has(thread) && !rest.slice(0, index).some((e) => this.order.isBefore(e, each))) {
        found.add(thread);
      }
      seen.add(thread);
    });
    const isFree = !rest.some((each) => {
      const step = this.order.step(each);
      return step.thread === next.thread || next.after === each || conflict(step, next);
    });
    if (isFree) found.add(next.thread);
    return found;
  }

  private node(at: number): Node {
    const node = this.nodes[at];
    if (node === undefined) throw new RangeError(`there is no state ${at}`);
    return node;
  }

  /** A generator cannot go back: the run is made again. */
  private goBackTo(depth: number): void {
    this.execution = this.start();
    for (const label of this.path.slice(0, depth)) this.execution.take(label);
  }
}

function keyOf({ thread, choice }: Label): string {
  return `${thread}:${choice}`;
}

function nextOf({ enabled, backtrack, sleep }: Node): Label | undefined {
  return enabled.find((label) => backtrack.has(label.thread) && !sleep.has(keyOf(label)));
}
