import type { ClockId, ReadPath } from '../contract/clock.js';
import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { ADJ_SETOFFSET, ADJ_STATUS, STA_DEL, STA_INS } from '../contract/timex.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf } from './life.js';
import { Moment, type Shown } from './moment.js';
import { Watch } from './watch.js';

type ClockRead = EventOf<'clock-read'>;
type Snapshot = EventOf<'snapshot-taken'>;
type Adjusted = EventOf<'ntp-adjusted'>;

const MICROSECOND = 1_000n;

/**
 * At one counter value and under one publication REALTIME is one function of time, whoever asks: the
 * system call, the vDSO, the NMI-safe latch, a snapshot, the timer bases, and adjtimex(2), whose time
 * is cut to whole µs unless STA_NANO is set. The time stamps of files are CLOCK_REALTIME_COARSE, which
 * is one value on every path.
 *
 * The only difference is a leap second that the tick has yet to carry out: where an insertion was
 * announced and is due, timer bases and adjtimex(2) are a second behind already, both or neither;
 * where a deletion was, adjtimex(2) alone is one ahead. Timer bases that have foreseen an insertion
 * which is then called off stay a second behind until the clock is set (`called-off-leap`).
 */
export const realtimeIsOneClockEverywhere: Property = {
  name: 'realtime-is-one-clock-everywhere',
  statement: 'REALTIME is one function of time for system calls, vDSO, timers, files and NTP.',
  source: {
    title: 'T. Gleixner, 2021: "time all over the place has to be consistent"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  monitor: (premises) => new Views(premises, ViewsOfLife),
};

class Views extends Watch<ViewsOfLife> {
  'clock-read'(read: ClockRead): Finding {
    if (read.clock !== 'CLOCK_REALTIME' && read.clock !== 'CLOCK_REALTIME_COARSE') return undefined;
    return this.follower.of(read).read(read);
  }

  'snapshot-taken'(snapshot: Snapshot): Finding {
    return this.follower.of(snapshot).snapshot(snapshot);
  }

  override 'ntp-adjusted'(adjusted: Adjusted): Finding {
    this.follower.ntpAdjusted(adjusted);
    return this.follower.of(adjusted).asked(adjusted);
  }

  'tick-sampled'(sampled: EventOf<'tick-sampled'>): undefined {
    this.follower.of(sampled).begin();
  }
}

/** Where the latch and the page may be of the update that is under way already. */
const AHEAD: readonly ReadPath[] = ['vdso', 'nmi'];

class ViewsOfLife extends Life<ViewsOfLife> {
  /** As the tick left it, and as the timer bases and adjtimex(2) see it. */
  private readonly asTicked: Moment;
  private readonly foreseen: Moment;
  /** A leap second that was announced: STA_INS, STA_DEL. */
  private announced = 0;
  /** An insertion was called off, and the clock was not set since. */
  private wasCalledOff = false;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.asTicked = new Moment(this.premises);
    this.foreseen = new Moment(this.premises);
  }

  override copy(circumstances: Circumstances): ViewsOfLife {
    const copy = new ViewsOfLife(circumstances);
    copy.announced = this.announced;
    copy.wasCalledOff = this.wasCalledOff;
    return copy;
  }

  override forget(): void {
    this.begin();
  }

  begin(): void {
    this.asTicked.end();
    this.foreseen.end();
  }

  override ticked(): void {
    this.begin();
  }

  override wrote(): void {
    this.begin();
    this.wasCalledOff = false;
  }

  override edge(): Finding {
    this.begin();
    return undefined;
  }

  read(read: ClockRead): Finding {
    const { via, counter, ns, clock } = read;
    if (this.ignores(read)) return undefined;
    if (this.publication.isOpen && AHEAD.includes(via)) return undefined;
    const shown: Shown = { ns, event: read };
    return via === 'timer-base' && counter !== null
      ? this.foresee(counter, shown, 1n)
      : this.see(clock, counter, shown);
  }

  snapshot(snapshot: Snapshot): Finding {
    if (this.ignores(snapshot)) return undefined;
    const { counter, realtimeNs } = snapshot;
    return this.see('CLOCK_REALTIME', counter, { ns: realtimeNs, event: snapshot });
  }

  /** A view of the tick's REALTIME: the same as the one before, and as those that foresee. */
  private see(clock: ClockId, counter: Cycles | null, shown: Shown): Finding {
    const same = this.asTicked.at(clock, counter);
    this.asTicked.show(clock, counter, shown);
    if (same !== undefined) return same.ns === shown.ns ? 'held' : differ(same, shown);
    const foreseen = counter === null ? undefined : this.foreseen.at(clock, counter);
    return foreseen === undefined ? undefined : this.compare(shown, foreseen, 1n, foreseen, shown);
  }

  asked(adjusted: Adjusted): Finding {
    const { timex, status, at, ret } = adjusted;
    if (ret < 0) return undefined;
    const before = this.announced;
    this.announced = status & (STA_INS | STA_DEL);
    if ((before & ~this.announced & STA_INS) !== 0) this.wasCalledOff = true;
    // A step, and a change of what is announced, are the begin of another view.
    if ((timex.modes & (ADJ_SETOFFSET | ADJ_STATUS)) !== 0) this.begin();
    if (at === undefined || this.presence.suspended) return undefined;
    const ns = at.sec * NSEC_PER_SEC + at.nsec;
    const unit = at.nsec % MICROSECOND === 0n ? MICROSECOND : 1n;
    return this.foresee(at.counter, { ns, event: adjusted }, unit);
  }

  /** A view that knows of a leap second that is due. `unit`: what it is cut to, ns. */
  private foresee(counter: Cycles, shown: Shown, unit: Ns): Finding {
    const same = this.foreseen.at('CLOCK_REALTIME', counter);
    if (unit === 1n || same === undefined) this.foreseen.show('CLOCK_REALTIME', counter, shown);
    if (same !== undefined && !isLess(same.ns, shown.ns, MICROSECOND)) {
      const mayLag = this.mayLag(same) || this.mayLag(shown);
      const isSecond = isLess(same.ns, shown.ns, NSEC_PER_SEC + MICROSECOND);
      return mayLag && isSecond ? undefined : differ(same, shown);
    }
    const ticked = this.asTicked.at('CLOCK_REALTIME', counter);
    return ticked === undefined ? undefined : this.compare(ticked, shown, unit, ticked, shown);
  }

  /** Known limit `called-off-leap`. */
  private mayLag({ event }: Shown): boolean {
    if (!this.wasCalledOff || event.kind !== 'clock-read') return false;
    return !this.premises.strict.has('called-off-leap');
  }

  private compare(ticked: Shown, foreseen: Shown, unit: Ns, first: Shown, then: Shown): Finding {
    const cutNs = ticked.ns - foreseen.ns;
    const isCut = (restNs: Ns): boolean => restNs >= 0n && restNs < max(unit, unitOf(foreseen));
    if (isCut(cutNs)) return 'held';
    if ((this.announced & STA_INS) !== 0 && isCut(cutNs - NSEC_PER_SEC)) return 'held';
    const mayBeAhead = (this.announced & STA_DEL) !== 0 && foreseen.event.kind === 'ntp-adjusted';
    if (mayBeAhead && isCut(cutNs + NSEC_PER_SEC)) return 'held';
    if (this.mayLag(foreseen) && isCut(cutNs - NSEC_PER_SEC)) return undefined;
    return differ(first, then);
  }
}

function unitOf({ ns, event }: Shown): Ns {
  return event.kind === 'ntp-adjusted' && ns % MICROSECOND === 0n ? MICROSECOND : 1n;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function isLess(a: Ns, b: Ns, unit: Ns): boolean {
  return a - b < unit && b - a < unit;
}

function differ(first: Shown, then: Shown): Violation {
  return {
    expected: `REALTIME of one counter value: ${first.ns} ns ${viewOf(first)}`,
    observed: `${then.ns} ns ${viewOf(then)}: ${then.ns - first.ns} ns apart`,
    evidence: [first.event, then.event],
  };
}

function viewOf({ event }: Shown): string {
  if (event.kind === 'ntp-adjusted') return `by adjtimex(2) on ${nameOf(event)}`;
  if (event.kind === 'clock-read') return `by ${event.via} on ${nameOf(event)}`;
  return 'of a snapshot';
}
