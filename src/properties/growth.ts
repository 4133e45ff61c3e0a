import type { EventOf } from '../contract/event.js';
import type { Finding, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { wasOver } from './before.js';
import { Edges } from './edges.js';
import { nameOf } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Integral } from './window.js';

type ClockRead = EventOf<'clock-read'>;

/** Stops of which the reads before are kept apart, while the time away is not yet above eps. */
const KEPT_GROUPS = 4;

/** The lowest value − allowed of the reads between two times away, in ns * RATE_ONE. */
interface Group {
  low: bigint;
  read: ClockRead;
  /** Time away less what is allowed for, up to these reads, ns. */
  mark: Ns;
  /** Edges before them. */
  edges: number;
}

/** How much one clock grew in windows that contain a stop, against what is allowed. */
export class Growth {
  /** ∫ hi over awake, and allowances, in ns * RATE_ONE. */
  allowed: Integral;
  /** What a pair may have: q, and skew. */
  slack = 0n;
  edges = new Edges();
  /** Reads since the VM came back. */
  private now: Group | undefined;
  /** Reads before a stop, with time away above eps since. */
  private armed: Group | undefined;
  private waiting: Group[] = [];

  constructor(highestRate: bigint) {
    this.allowed = new Integral(highestRate);
  }

  copyTo(copy: Growth, saved: EventOf<'vm-saved'>): void {
    const over = (group: Group | undefined): Group | undefined =>
      group !== undefined && wasOver(group.read, saved) ? { ...group } : undefined;
    copy.allowed = this.allowed.copy();
    copy.slack = this.slack;
    copy.edges = this.edges.copy();
    copy.now = over(this.now);
    copy.armed = over(this.armed);
    copy.waiting = this.waiting.flatMap((group) => over(group) ?? []);
  }

  forget(): void {
    this.now = undefined;
    this.armed = undefined;
    this.waiting = [];
  }

  judge(read: ClockRead): Finding {
    const { allowed, armed } = this;
    const scaled = read.ns * RATE_ONE;
    const value = scaled - allowed.at(read.latestNs);
    if (armed !== undefined && value > armed.low) {
      const most = armed.low + this.slack;
      if (value > most) return this.violation(armed, read, most + allowed.at(read.latestNs));
    }
    // A read that straddles a stop is no beginning of a window: what its begin was allowed is not
    // known.
    if (read.earliestNs >= allowed.edgeNs) {
      this.keep(
        read,
        read.earliestNs === read.latestNs ? value : scaled - allowed.at(read.earliestNs),
      );
    }
    return armed === undefined ? undefined : 'held';
  }

  private keep(read: ClockRead, low: bigint): void {
    const { now } = this;
    if (now === undefined) this.now = { low, read, mark: 0n, edges: this.edges.count };
    else if (low < now.low) {
      now.low = low;
      now.read = read;
    }
  }

  /** `mark`: time away less what is allowed for, up to now. */
  goAway(atNs: Ns, mark: Ns): void {
    this.allowed.end(atNs);
    const { now, waiting } = this;
    this.now = undefined;
    if (now === undefined) return;
    now.mark = mark;
    waiting.push(now);
    if (waiting.length <= KEPT_GROUPS) return;
    const [first, second] = waiting.splice(0, 2);
    if (first !== undefined && second !== undefined) waiting.unshift(merged(first, second));
  }

  comeBack(atNs: Ns, mark: Ns): void {
    this.allowed.begin(atNs);
    const { waiting } = this;
    while (waiting[0] !== undefined && (mark - waiting[0].mark) * RATE_ONE > this.slack) {
      const [group] = waiting.splice(0, 1);
      if (group === undefined) return;
      this.armed = this.armed === undefined ? group : merged(this.armed, group);
    }
  }

  /** Raises what each read stands for by `by` of it. */
  raise(by: (read: ClockRead) => bigint): void {
    if (this.now !== undefined) this.now.low += by(this.now.read);
    if (this.armed !== undefined) this.armed.low += by(this.armed.read);
    for (const group of this.waiting) group.low += by(group.read);
  }

  private violation(armed: Group, read: ClockRead, most: bigint): Violation {
    const { read: earlier } = armed;
    const mostNs = most / RATE_ONE;
    const was = `${earlier.ns} ns were read on ${nameOf(earlier)}`;
    const awake = `its time awake since is worth ${mostNs - earlier.ns} ns`;
    const how = 'at the highest rate in force and with what stops may add';
    return {
      expected: `${read.clock} at most ${mostNs} ns: ${was}, and ${awake}, ${how}`,
      observed: `${read.ns} ns on ${nameOf(read)}: ${read.ns - mostNs} ns too much`,
      evidence: [earlier, ...this.edges.since(armed.edges), read],
    };
  }
}

/** The stricter demand, at the later mark: both are before it. */
function merged(earlier: Group, later: Group): Group {
  const stricter = later.low <= earlier.low ? later : earlier;
  return { ...stricter, mark: later.mark };
}
