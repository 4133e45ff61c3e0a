import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { ADJ_SETOFFSET, ADJ_TAI } from '../contract/timex.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Circumstances } from './circumstances.js';
import { type ClockStep, stepOf } from './clock-sets.js';
import { Life, nameOf } from './life.js';
import { Watch } from './watch.js';

type Snapshot = EventOf<'snapshot-taken'>;
type ClockRead = EventOf<'clock-read'>;
type Adjusted = EventOf<'ntp-adjusted'>;
type Published = EventOf<'timekeeper-published'>;

/** What a time in µs leaves out. */
const MICROSECOND = 1_000n;

/**
 * Of one sample TAI − REALTIME is a whole number of seconds: the kernel's `tai_offset`, where a
 * publication showed it. Between two samples TAI − BOOTTIME moves by what clock_settime(2),
 * ADJ_SETOFFSET and ADJ_TAI ask for: a leap second, which moves REALTIME, leaves it alone.
 *
 * The (time, tai) pair that adjtimex(2) returns is TAI at the counter value it was made from, although
 * around a leap second both show what the tick has yet to carry out: so the sum is compared with TAI,
 * and never tai alone with TAI − REALTIME. Without STA_NANO the time is cut to whole µs.
 */
export const taiIgnoresLeapSeconds: Property = {
  name: 'tai-ignores-leap-seconds',
  statement: 'TAI is REALTIME plus tai_offset, and a leap second does not move it.',
  source: {
    title: 'clock_gettime(2): CLOCK_TAI "is derived from wall-clock time but counts leap seconds"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
  monitor: (premises) => new Tais(premises, TaiOfLife),
};

class Tais extends Watch<TaiOfLife> {
  'snapshot-taken'(snapshot: Snapshot): Finding {
    return this.follower.of(snapshot).snapshot(snapshot);
  }

  'clock-read'(read: ClockRead): Finding {
    if (read.clock !== 'CLOCK_TAI' || read.via === 'nmi' || read.counter === null) return undefined;
    return this.follower.of(read).read(read, read.counter);
  }

  override 'ntp-adjusted'(adjusted: Adjusted): Finding {
    this.follower.ntpAdjusted(adjusted);
    return this.follower.of(adjusted).adjusted(adjusted);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).step(leap);
  }

  'timekeeper-published'(published: Published): undefined {
    this.follower.of(published).published(published);
  }
}

/** A value of TAI, and the counter that it was made from. */
interface Shown {
  readonly counter: Cycles;
  readonly ns: Ns;
  readonly event: Snapshot | ClockRead;
}

class TaiOfLife extends Life<TaiOfLife> {
  private sample: Snapshot | undefined;
  /** By how much TAI was moved on purpose since that sample; undefined: nobody knows. */
  private movedNs: Ns | undefined = 0n;
  private because: readonly (ClockStep | Adjusted)[] = [];
  /** What adjtimex(2) was told last. */
  private taiOffset: bigint | undefined;
  private lastPublished: Published | undefined;
  /** Of the publication in force. */
  private shown: Shown | undefined;
  private asked: Adjusted | undefined;

  override copy(circumstances: Circumstances): TaiOfLife {
    const copy = new TaiOfLife(circumstances);
    copy.taiOffset = this.taiOffset;
    return copy;
  }

  override forget(): void {
    this.sample = undefined;
    this.moment();
  }

  /** What was shown before does not belong to one publication with what comes. */
  private moment(): void {
    this.shown = undefined;
    this.asked = undefined;
  }

  override ticked(): void {
    this.moment();
  }

  override edge(): Finding {
    this.moment();
    return undefined;
  }

  override wrote(): void {
    this.moment();
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    super.clockSet(set);
    this.step(set);
  }

  /** A leap second is announced, and moves TAI by nothing. */
  step(step: ClockStep): void {
    const byNs = stepOf(step);
    if (byNs === undefined) return;
    this.because = [...this.because.slice(-7), step];
    if (step.kind !== 'leap-applied' && this.movedNs !== undefined) this.movedNs += byNs;
  }

  published(published: Published): void {
    this.lastPublished = published;
    this.taiOffset = published.taiOffset;
  }

  adjusted(adjusted: Adjusted): Finding {
    this.step(adjusted);
    const { modes, constant = 0n } = adjusted.timex;
    const isReal = adjusted.ret >= 0 && adjusted.at !== undefined;
    // adjtimex(2) ignores an offset outside of this range.
    if (adjusted.ret >= 0 && (modes & ADJ_TAI) !== 0 && constant >= 0n && constant <= 100_000n) {
      this.setTai(adjusted, constant);
    }
    if ((modes & (ADJ_SETOFFSET | ADJ_TAI)) !== 0) {
      this.moment();
      return undefined;
    }
    if (!isReal) return undefined;
    const { shown } = this;
    this.asked = adjusted;
    return shown === undefined ? undefined : pair(adjusted, shown);
  }

  private setTai(adjusted: Adjusted, taiOffset: bigint): void {
    const before = this.taiOffset;
    this.taiOffset = taiOffset;
    this.because = [...this.because.slice(-7), adjusted];
    // Unknown before the first publication that showed it.
    if (before === undefined || this.movedNs === undefined) this.movedNs = undefined;
    else this.movedNs += (taiOffset - before) * NSEC_PER_SEC;
  }

  read(read: ClockRead, counter: Cycles): Finding {
    if (this.ignores(read)) return undefined;
    return this.show({ counter, ns: read.ns, event: read });
  }

  private show(shown: Shown): Finding {
    this.shown = shown;
    return this.asked === undefined ? undefined : pair(this.asked, shown);
  }

  snapshot(snapshot: Snapshot): Finding {
    if (this.ignores(snapshot)) return undefined;
    const broken = this.judgeSample(snapshot) ?? this.judgeMove(snapshot);
    this.sample = snapshot;
    this.movedNs = 0n;
    this.because = [];
    if (broken !== undefined && broken !== 'held') return broken;
    return this.show({ counter: snapshot.counter, ns: snapshot.taiNs, event: snapshot }) ?? broken;
  }

  private judgeSample(snapshot: Snapshot): Violation | undefined {
    const offNs = snapshot.taiNs - snapshot.realtimeNs;
    const { lastPublished } = this;
    const expected = this.taiOffset;
    if (expected === undefined ? offNs % NSEC_PER_SEC === 0n : offNs === expected * NSEC_PER_SEC) {
      return undefined;
    }
    const which = expected === undefined ? 'a whole number of' : `${expected}`;
    return {
      expected: `TAI − REALTIME: ${which} s in one sample`,
      observed: `${offNs} ns on ${nameOf(snapshot)}`,
      evidence: lastPublished === undefined ? [snapshot] : [lastPublished, snapshot],
    };
  }

  private judgeMove(snapshot: Snapshot): Finding {
    const { sample, movedNs, because } = this;
    if (sample === undefined || movedNs === undefined) return undefined;
    const isNs = snapshot.taiNs - snapshot.boottimeNs - (sample.taiNs - sample.boottimeNs);
    // clock_settime(2) tells a step of REALTIME cut to whole ns.
    const roundingNs = BigInt(because.length);
    const offNs = isNs - movedNs;
    if (offNs >= -roundingNs && offNs <= roundingNs) return 'held';
    return {
      expected: `TAI against BOOTTIME moved by ${movedNs} ns, which was asked for; leap seconds count 0`,
      observed: `${isNs} ns on ${nameOf(snapshot)}: ${offNs} ns untold`,
      evidence: [sample, ...because, snapshot],
    };
  }
}

/** Whether time and tai of adjtimex(2) make TAI; nothing where they are of different counter values. */
function pair(adjusted: Adjusted, shown: Shown): Finding {
  const { at } = adjusted;
  if (at === undefined || at.counter !== shown.counter) return undefined;
  const sumNs = (at.sec + at.tai) * NSEC_PER_SEC + at.nsec;
  const restNs = shown.ns - sumNs;
  const isCut = at.nsec % MICROSECOND === 0n;
  if (restNs === 0n || (isCut && restNs > 0n && restNs < MICROSECOND)) return 'held';
  return {
    expected: `time + tai of adjtimex(2) at CLOCK_TAI, ${shown.ns} ns, of the same counter value`,
    observed: `${at.sec} s and ${at.nsec} ns with tai ${at.tai}: ${-restNs} ns off`,
    evidence: [shown.event, adjusted],
  };
}
