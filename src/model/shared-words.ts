import type { ClockId } from '../contract/clock.js';
import { TIMEKEEPER_WORDS, type TimekeeperWord } from '../programs/seqcount.js';
import type { Timekeeper } from './timekeeper.js';

/** The words of the timekeeper that a reader of one clock loads. */
export type Words = Readonly<Record<TimekeeperWord, bigint>>;

const READ_CLOCKS = [
  'CLOCK_MONOTONIC',
  'CLOCK_MONOTONIC_RAW',
  'CLOCK_BOOTTIME',
  'CLOCK_REALTIME',
  'CLOCK_TAI',
] as const satisfies readonly ClockId[];

/** The clocks that a stepped read can read: those that take a counter sample. */
export type SteppedClock = (typeof READ_CLOCKS)[number];

export function isSteppedClock(clock: ClockId): clock is SteppedClock {
  return (READ_CLOCKS as readonly ClockId[]).includes(clock);
}

/** What the published words of one clock are now; `base` includes the clock's offset to MONOTONIC. */
export function publishedWords(timekeeper: Timekeeper, clock: SteppedClock): Words {
  const tkr = clock === 'CLOCK_MONOTONIC_RAW' ? timekeeper.tkrRaw : timekeeper.tkrMono;
  const { cycleLast, mult, xtimeNsec, base } = tkr;
  return { cycleLast, mult, xtimeNsec, base: base + offsetOf(timekeeper, clock) };
}

function offsetOf(timekeeper: Timekeeper, clock: SteppedClock): bigint {
  if (clock === 'CLOCK_REALTIME') return timekeeper.offsReal;
  if (clock === 'CLOCK_BOOTTIME') return timekeeper.offsBoot;
  if (clock === 'CLOCK_TAI') return timekeeper.offsTai;
  return 0n;
}

/**
 * What lockless readers see of the timekeeper's memory: its sequence, and, while a stepped writer is
 * at work, which of its words are new already.
 *
 * Writers that take no steps publish at once, so nothing is kept for them but their number.
 */
export class SharedWords {
  /** Completed publications: the version of every word, and half the sequence. */
  version = 0;
  private old: ReadonlyMap<ClockId, Words> | undefined;
  private stored = 0;

  /** Whether the sequence is odd. */
  get isWriting(): boolean {
    return this.old !== undefined;
  }

  get seq(): bigint {
    return 2n * BigInt(this.version) + (this.isWriting ? 1n : 0n);
  }

  /** The sequence becomes odd; call it before the timekeeper publishes. */
  beginWrite(timekeeper: Timekeeper): void {
    this.old = new Map(READ_CLOCKS.map((clock) => [clock, publishedWords(timekeeper, clock)]));
    this.stored = 0;
  }

  /** One more word of all clocks is new. */
  storeWord(): void {
    this.stored++;
  }

  /** What the NMI-safe latch of a clock still shows of before the write; undefined: nothing. */
  oldLatch(clock: SteppedClock): Words | undefined {
    return this.stored === 0 ? this.old?.get(clock) : undefined;
  }

  /** The sequence becomes even. */
  endWrite(): void {
    this.old = undefined;
    this.version++;
  }

  /** A word as it is now, and the publication it belongs to. */
  load(
    timekeeper: Timekeeper,
    clock: SteppedClock,
    word: TimekeeperWord,
  ): { value: bigint; version: number } {
    const isOld = this.old !== undefined && TIMEKEEPER_WORDS.indexOf(word) >= this.stored;
    const words = (isOld ? this.old?.get(clock) : undefined) ?? publishedWords(timekeeper, clock);
    const version = this.isWriting && !isOld ? this.version + 1 : this.version;
    return { value: words[word], version };
  }

  clone(): SharedWords {
    const copy = new SharedWords();
    copy.version = this.version;
    copy.old = this.old;
    copy.stored = this.stored;
    return copy;
  }
}
