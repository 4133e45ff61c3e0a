import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import { STA_INS } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';

type Armed = EventOf<'timer-armed'>;
type Fired = EventOf<'timer-fired'>;

const DAY_NS: Ns = 86_400n * NSEC_PER_SEC;
const KEPT = 8;
/** What adjtimex(2) returns while an insertion is to come at the end of the day. */
const TIME_INS = 1;

/**
 * An absolute timer on REALTIME for the second after an inserted one, or later on that day, fires
 * when TAI has reached its expiry by the offset of that day: E + (tai_offset + 1) s, with the
 * tai_offset of the day before. So it waits for the inserted second, also where no tick has
 * carried that out yet.
 *
 * The kernel foresees it from the first second that a tick counts after STA_INS was set: premise of a
 * callback before the leap is that adjtimex(2) returned TIME_INS, or that ticks went on for more
 * than a second.
 *
 * That the second was announced, and for which midnight, is known once it is carried out: what fired
 * before with an expiry past that midnight is judged then, what fires later on the day at once.
 * A set of the clock between the two leaves nothing to say. Deletions promise nothing.
 */
export const leapEdgeTimerWaits: Property = {
  name: 'leap-edge-timer-waits',
  statement: 'A timer for the second after an inserted one does not fire a second early.',
  source: {
    title: 'Linux 833f32d76302: time: Prevent early expiry of hrtimers[CLOCK_REALTIME] at the leap',
    url: 'https://git.kernel.org/linus/833f32d763028c1bb371c64f457788b933773b3e',
  },
  monitor: (premises) => new Midnights(premises, Midnight),
};

class Midnights extends Watch<Midnight> {
  'timer-armed'(armed: Armed): undefined {
    if (armed.clock === 'CLOCK_REALTIME') this.follower.of(armed).arm(armed);
  }

  'timer-cancelled'(cancelled: EventOf<'timer-cancelled'>): undefined {
    this.follower.of(cancelled).cancel(cancelled.timer);
  }

  'timekeeper-published'(core: EventOf<'timekeeper-published'>): undefined {
    this.follower.of(core).core(core);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): Finding {
    return this.follower.of(leap).leapt(leap);
  }

  'timer-fired'(fired: Fired): Finding {
    return this.follower.of(fired).fire(fired);
  }
}

/** A callback, and the arming and the expiry that it was for. */
interface Callback {
  readonly armed: Armed;
  readonly fired: Fired;
  readonly expiresNs: Ns;
  /** TAI minus REALTIME then, s; undefined: not told. */
  readonly taiOffset: bigint | undefined;
  /** The kernel foresaw the leap. */
  readonly isForeseen: boolean;
}

class Midnight extends Life<Midnight> {
  private timers = new Map<TimerId, { readonly armed: Armed; readonly expiresNs: Ns }>();
  /** TAI minus REALTIME, s, as last published; undefined: not told yet. */
  private taiOffset: bigint | undefined;
  private callbacks: readonly Callback[] = [];
  private leap: EventOf<'leap-applied'> | undefined;

  /** Since when STA_INS is set; undefined: it is not, or may have been cleared. */
  private announcedNs: Ns | undefined;
  private isForeseen = false;

  override copy(circumstances: Circumstances): Midnight {
    const copy = new Midnight(circumstances);
    for (const [id, timer] of this.timers) copy.timers.set(id, timer);
    copy.taiOffset = this.taiOffset;
    return copy;
  }

  override forget(): void {
    this.callbacks = [];
    this.leap = undefined;
  }

  /** REALTIME may be another's: nothing ties a callback to a midnight over it. */
  override wrote(_write: Write): void {
    this.forget();
    this.callOff();
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    if (adjusted.ret < 0) return;
    if ((adjusted.status & STA_INS) === 0) this.callOff();
    else this.announcedNs ??= adjusted.latestNs;
    if (adjusted.ret === TIME_INS) this.isForeseen = true;
  }

  override ticked(published: EventOf<'tick-published'>, sampled?: EventOf<'tick-sampled'>): void {
    const { announcedNs } = this;
    if (announcedNs === undefined || !this.nominal.isTied) return;
    const { hz, skewNs } = this.nominal;
    // A second, what the ticks before and at its end may have left over, and what a counter is behind.
    const secondNs = NSEC_PER_SEC + ceilDivide(2n * NSEC_PER_SEC, hz) + skewNs;
    const passedNs = (sampled ?? published).earliestNs - announcedNs;
    if (passedNs > ceilDivide(secondNs * RATE_ONE, this.rate.lowest)) this.isForeseen = true;
  }

  private callOff(): void {
    this.announcedNs = undefined;
    this.isForeseen = false;
  }

  override edge(): undefined {
    this.forget();
  }

  arm(armed: Armed): void {
    this.timers.set(armed.timer, { armed, expiresNs: armed.expiresNs });
  }

  cancel(timer: TimerId): void {
    this.timers.delete(timer);
  }

  core({ taiOffset }: EventOf<'timekeeper-published'>): void {
    this.taiOffset = taiOffset;
  }

  fire(fired: Fired): Finding {
    const timer = this.timers.get(fired.timer);
    if (timer === undefined || fired.clock !== 'CLOCK_REALTIME') return undefined;
    const { armed, expiresNs } = timer;
    const { intervalNs } = armed;
    if (intervalNs === 0n) this.timers.delete(fired.timer);
    else {
      const next = expiresNs + fired.expirations * intervalNs;
      this.timers.set(fired.timer, { armed, expiresNs: next });
    }
    const { taiOffset, isForeseen } = this;
    const callback = { armed, fired, expiresNs, taiOffset, isForeseen };
    const { leap } = this;
    if (leap === undefined) {
      this.callbacks = [...this.callbacks.slice(1 - KEPT), callback];
      return undefined;
    }
    return this.isOfDay(callback, leap, 0n) ? judge(callback, 0n) : undefined;
  }

  leapt(leap: EventOf<'leap-applied'>): Finding {
    const { callbacks } = this;
    this.forget();
    if (leap.stepNs >= 0n) return undefined;
    this.leap = leap;
    let finding: Finding;
    for (const callback of callbacks) {
      if (!callback.isForeseen || !this.isOfDay(callback, leap, leap.stepNs)) continue;
      finding = judge(callback, 1n);
      if (finding !== 'held') break;
    }
    return finding;
  }

  /**
   * Whether the timer was for the day that began with the leap: REALTIME at the leap, reckoned from what
   * the callback read over the time between, is of that day too.
   *
   * @param stepNs what the callback's REALTIME has to be corrected by: it was read before the leap.
   */
  private isOfDay(
    { fired, expiresNs }: Callback,
    leap: EventOf<'leap-applied'>,
    stepNs: Ns,
  ): boolean {
    const { readNs } = fired;
    if (readNs === null || !this.nominal.isTied) return false;
    const { highest, lowest } = this.rate;
    const isBefore = stepNs !== 0n;
    const [early, late] = isBefore
      ? [leap.earliestNs - fired.latestNs, leap.latestNs - fired.earliestNs]
      : [fired.earliestNs - leap.latestNs, fired.latestNs - leap.earliestNs];
    const least = (early * lowest) / RATE_ONE - 1n;
    const most = ceilDivide(late * highest, RATE_ONE) + 1n;
    // REALTIME as it was before the leap: the last midnight at or before it is the one that mattered.
    const [from, to] = isBefore
      ? [readNs + least, readNs + most]
      : [readNs + NSEC_PER_SEC - most, readNs + NSEC_PER_SEC - least];
    const day = expiresNs / DAY_NS;
    return from / DAY_NS === day && to / DAY_NS === day;
  }
}

/** @param owed seconds that were to be added to the offset still. */
function judge({ armed, fired, expiresNs, taiOffset }: Callback, owed: bigint): Finding {
  const { readTaiNs } = fired;
  if (readTaiNs === undefined || taiOffset === undefined) return undefined;
  const leastNs = expiresNs + (taiOffset + owed) * NSEC_PER_SEC;
  return readTaiNs >= leastNs ? 'held' : early(armed, fired, leastNs, readTaiNs);
}

function early(armed: Armed, fired: Fired, leastNs: Ns, ns: Ns): Violation {
  return {
    expected: `timer ${armed.timer} at or after ${leastNs} ns on CLOCK_TAI, past the inserted second`,
    observed: `called back on ${nameOf(fired)} at ${ns} ns: ${leastNs - ns} ns early`,
    evidence: [armed, fired],
  };
}
