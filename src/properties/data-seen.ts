import type { CounterLine, DataPublished, ReaderAccepted } from '../contract/event.js';
import type { Cycles, Ns } from '../contract/units.js';

/** A read that used one publication, whole, and a sample of the counter. */
export interface CounterRead {
  readonly accepted: ReaderAccepted;
  readonly published: DataPublished;
  readonly counter: Cycles;
}

/** What was published for lockless readers, by VM, program and version. */
export class DataSeen {
  private readonly byVersion = new Map<string, DataPublished>();
  private readonly newest = new Map<string, DataPublished>();

  add(published: DataPublished): void {
    this.byVersion.set(keyOf(published, published.version), published);
    this.newest.set(lineageOf(published), published);
  }

  find(event: DataPublished | ReaderAccepted, version: number): DataPublished | undefined {
    return this.byVersion.get(keyOf(event, version));
  }

  newestOf(event: ReaderAccepted): DataPublished | undefined {
    return this.newest.get(lineageOf(event));
  }

  /** Undefined for a torn read, which is another law's, and for one without a counter. */
  ofOne(accepted: ReaderAccepted): CounterRead | undefined {
    const { counter, versions } = accepted;
    const [version] = versions;
    if (counter === undefined || version === undefined) return undefined;
    if (versions.some((each) => each !== version)) return undefined;
    const published = this.find(accepted, version);
    return published === undefined ? undefined : { accepted, published, counter };
  }
}

/** The line's value at a counter value, in unbounded arithmetic: the product does not wrap. */
export function at({ cycleLast, mult, base }: CounterLine, counter: Cycles): Ns {
  return base + (counter - cycleLast) * mult;
}

/** Whether a counter value lies where the line holds. */
export function isWithin({ line, maxDelta }: DataPublished, counter: Cycles): boolean {
  if (line === null) return true;
  if (counter < line.cycleLast) return false;
  return maxDelta === null || counter - line.cycleLast < maxDelta;
}

function lineageOf({ actor, program }: DataPublished | ReaderAccepted): string {
  return `${actor.vm} ${program}`;
}

function keyOf(event: DataPublished | ReaderAccepted, version: number): string {
  return `${lineageOf(event)} ${version}`;
}
