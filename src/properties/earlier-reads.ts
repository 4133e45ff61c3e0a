import type { Event, EventOf } from '../contract/event.js';
import type { Ns } from '../contract/units.js';
import { before, wasOver } from './before.js';

type ClockRead = EventOf<'clock-read'>;
type Saved = EventOf<'vm-saved'>;

/** Reads kept one by one; a power of two. */
const KEPT = 4;
const NONE: readonly Event[] = [];

/** A read, and what it demands of every later one. */
export class Demand {
  read: ClockRead | undefined;
  /** A later read is not below it. */
  floorNs: Ns = 0n;
  /** What lowered the floor below the read's value. */
  because: readonly Event[] = NONE;

  set(read: ClockRead, floorNs: Ns): void {
    this.read = read;
    this.floorNs = floorNs;
    this.because = NONE;
  }

  copyTo(copy: Demand): void {
    copy.read = this.read;
    copy.floorNs = this.floorNs;
    copy.because = this.because;
  }
}

/**
 * What one vCPU read of one clock: the last few reads that ended at different instants, and of all
 * the older ones the highest. So it does not grow, and a read of another vCPU that overlaps the
 * last ones still meets those before. What is dropped only weakens the law.
 */
export class EarlierReads {
  private readonly recent: readonly Demand[] = Array.from({ length: KEPT }, () => new Demand());
  private readonly older = new Demand();
  private at = 0;

  get isEmpty(): boolean {
    return this.recent[this.at]?.read === undefined;
  }

  push(read: ClockRead, floorNs: Ns): void {
    const newest = this.recent[this.at];
    if (newest?.read?.latestNs === read.latestNs) {
      if (floorNs >= newest.floorNs) newest.set(read, floorNs);
      return;
    }
    this.at = (this.at + 1) & (KEPT - 1);
    const oldest = this.recent[this.at];
    if (oldest === undefined) return;
    const { older } = this;
    if (oldest.read !== undefined && (older.read === undefined || oldest.floorNs > older.floorNs)) {
      oldest.copyTo(older);
    }
    oldest.set(read, floorNs);
  }

  /** The highest demand of those that are before `read`. */
  demandOn(read: ClockRead): Demand | undefined {
    let highest = isBefore(this.older, read) ? this.older : undefined;
    for (const demand of this.recent) {
      if (!isBefore(demand, read)) continue;
      if (highest === undefined || demand.floorNs >= highest.floorNs) highest = demand;
    }
    return highest;
  }

  /** Lowers each demand by `byNs` of its read, and says why; not allowed, it says so only. */
  lower(byNs: (read: ClockRead) => Ns, because: readonly Event[], isAllowed: boolean): void {
    for (const demand of this.all()) {
      if (demand.read === undefined) continue;
      const by = byNs(demand.read);
      if (by === 0n) continue;
      if (isAllowed) demand.floorNs -= by;
      demand.because = because;
    }
  }

  private all(): readonly Demand[] {
    return [this.older, ...this.recent];
  }

  /** The highest demand, or `least`. */
  highestNs(least: Ns): Ns {
    let highest = this.older.read !== undefined ? this.older.floorNs : least;
    for (const { read, floorNs } of this.recent) {
      if (read !== undefined && floorNs > highest) highest = floorNs;
    }
    return highest > least ? highest : least;
  }

  /** Those that were surely over when the snapshot was taken. */
  copy(saved: Saved): EarlierReads {
    const copy = new EarlierReads();
    if (isOver(this.older, saved)) this.older.copyTo(copy.older);
    let at = 0;
    for (let age = 1; age <= KEPT; age++) {
      const demand = this.recent[(this.at + age) & (KEPT - 1)];
      const free = copy.recent[at];
      if (demand === undefined || free === undefined || !isOver(demand, saved)) continue;
      demand.copyTo(free);
      copy.at = at;
      at++;
    }
    return copy;
  }
}

function isBefore({ read }: Demand, later: ClockRead): boolean {
  return read !== undefined && before(read, later);
}

function isOver({ read }: Demand, saved: Saved): boolean {
  return read !== undefined && wasOver(read, saved);
}
