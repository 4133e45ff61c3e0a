import type { Hrtimer } from './hrtimer.js';

/** A queued timer and where it is in its heap. */
export interface Node {
  readonly timer: Hrtimer;
  /** Of equal expiries the one queued first comes first. */
  readonly order: number;
  at: number;
}

/**
 * Timers ordered by their hard expiry: a binary heap in an array, whose nodes know their place, so
 * that queueing, taking out and finding the first cost log n at most. Stands in for timerqueue's
 * red-black tree.
 */
export class TimerHeap {
  private readonly nodes: Node[] = [];
  private pushed = 0;

  get first(): Hrtimer | undefined {
    return this.nodes[0]?.timer;
  }

  push(timer: Hrtimer): Node {
    const node: Node = { timer, order: this.pushed++, at: this.nodes.length };
    this.nodes.push(node);
    this.rise(node);
    return node;
  }

  /** @param node one that push() of this heap returned, and that is still in it. */
  remove(node: Node): void {
    const last = this.nodes.pop();
    if (last === undefined || last === node) return;
    this.put(last, node.at);
    this.rise(last);
    this.sink(last);
  }

  /** Takes up the same timers in the same order, as nodes of its own. */
  copyFrom(from: TimerHeap, copied: (node: Node) => void): void {
    this.pushed = from.pushed;
    for (const { timer, order, at } of from.nodes) {
      const node = { timer, order, at };
      this.nodes.push(node);
      copied(node);
    }
  }

  private rise(node: Node): void {
    while (node.at > 0) {
      const parent = this.nodes[(node.at - 1) >> 1];
      if (parent === undefined || !precedes(node, parent)) return;
      this.swap(node, parent);
    }
  }

  private sink(node: Node): void {
    for (;;) {
      const left = this.nodes[2 * node.at + 1];
      const right = this.nodes[2 * node.at + 2];
      const child =
        left !== undefined && right !== undefined && precedes(right, left) ? right : left;
      if (child === undefined || !precedes(child, node)) return;
      this.swap(node, child);
    }
  }

  private swap(a: Node, b: Node): void {
    const { at } = a;
    this.put(a, b.at);
    this.put(b, at);
  }

  private put(node: Node, at: number): void {
    this.nodes[at] = node;
    node.at = at;
  }
}

function precedes(a: Node, b: Node): boolean {
  return a.timer.expires === b.timer.expires
    ? a.order < b.order
    : a.timer.expires < b.timer.expires;
}
