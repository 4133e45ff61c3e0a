import type { VcpuActor } from './schedule.js';
import type { Stamp } from './stamp.js';
import type { Cycles, Ns } from './units.js';

/** Where a counter value comes from. Two values of one domain can be compared, others cannot. */
export interface CounterDomain {
  readonly host: number;
  /** Null: what is said holds for the counters of all vCPUs. */
  readonly vcpu: number | null;
  /** How often TSC_ADJUST was written before. */
  readonly adjusted: number;
}

/** A clock as a function of the counter, in ns: base + (counter - cycleLast) * mult. */
export interface CounterLine {
  readonly cycleLast: Cycles;
  readonly mult: bigint;
  readonly base: Ns;
}

/**
 * Data for lockless readers became visible as a whole. With it the time of an earlier publication may
 * have ended: readers that begin after `replacedAt` do not take it any more.
 */
export interface DataPublished extends Stamp<'data-published', VcpuActor> {
  readonly program: string;
  /** Counts the publications of one program, over all hosts. */
  readonly version: number;
  readonly domain: CounterDomain;
  /** What the counter of vCPU 0 showed when it became visible. */
  readonly releasedAt: Cycles;
  readonly replaces: number | null;
  /** What the counter, in the replaced one's domain, showed when that one's time ended. */
  readonly replacedAt: Cycles | null;
  readonly line: CounterLine | null;
  /** The line holds for counter values below cycleLast + maxDelta; null: for all. */
  readonly maxDelta: Cycles | null;
  /** From this counter value on `next` holds; null: never. */
  readonly changeAt: Cycles | null;
  readonly next: CounterLine | null;
  /** Whether `next` may not begin below `line`. */
  readonly monotone: boolean;
}

/**
 * A lockless reader that took steps accepted its data: the publication that each of its words
 * belongs to, in the order read; the counter's sample counts as one.
 */
export interface ReaderAccepted extends Stamp<'reader-accepted', VcpuActor> {
  readonly program: string;
  readonly words: readonly string[];
  readonly versions: readonly number[];
  /** The counter's sample, and where it comes from; left out: none was used, or the subject does not say. */
  readonly counter?: Cycles;
  readonly domain?: CounterDomain;
  /** What the counter that `data-published` is dated by showed at the sample. */
  readonly sampledAt?: Cycles;
  /** What it made of them. */
  readonly ns?: Ns;
}

/** A round of a lockless reader failed though no store of a writer came in between, and none can or should be waited for. */
export interface ReaderWaited extends Stamp<'reader-waited', VcpuActor> {
  readonly program: string;
  readonly because: string;
}
