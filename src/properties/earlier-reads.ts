import type { Event, EventOf } from '../contract/event.js';
import type { Ns } from '../contract/units.js';
import { before, wasOver } from './before.js';

type ClockRead = EventOf<'clock-read'>;
type Saved = EventOf<'vm-saved'>;

/** Reads kept one by one; a power of two. */
const KEPT = 4;
const NONE: readonly Event[] = [];

/** A read, and what it demands of every later one: not to be below `floorNs`. */
export class Demand {
  /** What lowered the floor below the read's value. */
  because = NONE;

  constructor(
    public read: ClockRead,
    public floorNs: Ns,
  ) {}

  set(read: ClockRead, floorNs: Ns): void {
    this.read = read;
    this.floorNs = floorNs;
    this.because = NONE;
  }

  copy(): Demand {
    const copy = new Demand(this.read, this.floorNs);
    copy.because = this.because;
    return copy;
  }

  copyTo(other: Demand): void {
    other.read = this.read;
    other.floorNs = this.floorNs;
    other.because = this.because;
  }

  lower(byNs: (read: ClockRead) => Ns, because: readonly Event[], isAllowed: boolean): void {
    const by = byNs(this.read);
    if (by === 0n) return;
    if (isAllowed) this.floorNs -= by;
    this.because = because;
  }
}

/**
 * What one vCPU read of one clock: the last few reads that ended at different instants, and of all
 * the older ones the highest. So it does not grow, and a read of another vCPU that overlaps the
 * last ones still meets those before. What is dropped only weakens the law.
 */
export class EarlierReads {
  /** A ring once it is full; `at` is the newest. */
  private readonly recent: Demand[] = [];
  private at = KEPT - 1;
  private older: Demand | undefined;

  get isEmpty(): boolean {
    return this.recent.length === 0;
  }

  push(read: ClockRead, floorNs: Ns): void {
    const newest = this.recent[this.at];
    if (newest !== undefined && newest.read.latestNs === read.latestNs) {
      if (floorNs >= newest.floorNs) newest.set(read, floorNs);
      return;
    }
    this.at = (this.at + 1) & (KEPT - 1);
    const oldest = this.recent[this.at];
    if (oldest === undefined) {
      this.recent.push(new Demand(read, floorNs));
      return;
    }
    if (this.older === undefined) this.older = oldest.copy();
    else if (oldest.floorNs > this.older.floorNs) oldest.copyTo(this.older);
    oldest.set(read, floorNs);
  }

  /** The highest demand of those that are before `read`. */
  demandOn(read: ClockRead): Demand | undefined {
    const { older } = this;
    let highest = older !== undefined && before(older.read, read) ? older : undefined;
    for (const demand of this.recent) {
      if (!before(demand.read, read)) continue;
      if (highest === undefined || demand.floorNs >= highest.floorNs) highest = demand;
    }
    return highest;
  }

  /** Lowers each demand by `byNs` of its read, and says why; not allowed, it says so only. */
  lower(byNs: (read: ClockRead) => Ns, because: readonly Event[], isAllowed: boolean): void {
    this.older?.lower(byNs, because, isAllowed);
    for (const demand of this.recent) demand.lower(byNs, because, isAllowed);
  }

  /** The highest demand, or `least`. */
  highestNs(least: Ns): Ns {
    let highest = least;
    if (this.older !== undefined && this.older.floorNs > highest) highest = this.older.floorNs;
    for (const { floorNs } of this.recent) if (floorNs > highest) highest = floorNs;
    return highest;
  }

  /** Those that were surely over when the snapshot was taken. */
  copy(saved: Saved): EarlierReads {
    const copy = new EarlierReads();
    if (this.older !== undefined && wasOver(this.older.read, saved)) copy.older = this.older.copy();
    for (let age = 1; age <= KEPT; age++) {
      const demand = this.recent[(this.at + age) & (KEPT - 1)];
      if (demand === undefined || !wasOver(demand.read, saved)) continue;
      copy.at = copy.recent.push(demand.copy()) - 1;
    }
    return copy;
  }
}
