import type { ClockId } from '../contract/clock.js';
import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import { before } from './before.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';

type ClockRead = EventOf<'clock-read'>;
type Published = EventOf<'tick-published'>;
type Sampled = EventOf<'tick-sampled'>;

/**
 * A coarse clock shows the fine one as of the last update, or before:
 *
 * - it is at most what every fine read shows that comes after it;
 * - it is at least what a fine read showed before the counter sample of the last publication, less one
 *   cycle interval: a tick accounts for whole intervals, and leaves less than one. At the rate in
 *   force that is a tick, a cycle and a ns.
 *
 * REALTIME's are compared only while the clock was not set. With declared skew a reader behind
 * `cycle_last` sees the time there, on a line that may have turned: twice what skew makes of the range
 * of rates.
 */
export const coarseLagsFine: Property = {
  name: 'coarse-lags-fine',
  statement:
    'A coarse clock is never ahead of the fine one, and at its update less than a tick behind.',
  source: {
    title: 'clock_gettime(2): CLOCK_MONOTONIC_COARSE, "a faster but less precise version"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
  monitor: (premises) => new Coarse(premises, CoarseOfLife),
};

class Coarse extends Watch<CoarseOfLife> {
  'clock-read'(read: ClockRead): Finding {
    // The NMI-safe latch and the timer bases have no coarse twin, and views of their own.
    if (read.via === 'nmi' || read.via === 'timer-base') return undefined;
    return this.follower.of(read).judge(read);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).stepped();
  }
}

/** A fine clock and its coarse form. */
class Pair {
  /** The highest coarse read. */
  coarse: ClockRead | undefined;
  /** The highest fine read, and of those the highest that the last update had to take in. */
  fine: ClockRead | undefined;
  taken: ClockRead | undefined;
  update: Published | undefined;

  forget(): void {
    this.coarse = undefined;
    this.fine = undefined;
    this.taken = undefined;
  }

  published(published: Published, isTaken: (fine: ClockRead) => boolean): void {
    this.update = published;
    if (this.fine !== undefined && isTaken(this.fine)) this.taken = this.fine;
  }
}

class CoarseOfLife extends Life<CoarseOfLife> {
  private readonly monotonic = new Pair();
  private readonly realtime = new Pair();
  /**
   * An update dropped what the counter had gone since the last one, and with it what that had left
   * over: the fine clocks show the line where it begins, until a tick shows both anew.
   */
  private isLost = false;

  override copy(circumstances: Circumstances): CoarseOfLife {
    return new CoarseOfLife(circumstances);
  }

  override forget(): void {
    this.monotonic.forget();
    this.realtime.forget();
    this.isLost = true;
  }

  /** REALTIME was, or may have been, set. */
  stepped(): void {
    this.realtime.forget();
  }

  override wrote(write: Write): void {
    this.stepped();
    if (write.kind === 'guest-resumed' && this.nominal.skewNs > 0n) this.forget();
  }

  override ticked(published: Published, sampled: Sampled | undefined): void {
    this.isLost = false;
    const at = sampled ?? published;
    const { spec } = this.nominal;
    const isTaken = (fine: ClockRead): boolean =>
      fine.counter === null
        ? before(fine, at)
        : BigInt.asIntN(spec.widthBits, at.counter - fine.counter) >= 0n &&
          fine.latestNs <= at.latestNs;
    this.monotonic.published(published, isTaken);
    this.realtime.published(published, isTaken);
  }

  judge(read: ClockRead): Finding {
    if (this.ignores(read)) return undefined;
    switch (read.clock) {
      case 'CLOCK_MONOTONIC':
        return this.fine(this.monotonic, read);
      case 'CLOCK_REALTIME':
        return this.fine(this.realtime, read);
      case 'CLOCK_MONOTONIC_COARSE':
        return this.coarse(this.monotonic, read);
      case 'CLOCK_REALTIME_COARSE':
        return this.coarse(this.realtime, read);
      default:
        return undefined;
    }
  }

  private fine(pair: Pair, read: ClockRead): Finding {
    const { coarse } = pair;
    if (pair.fine === undefined || read.ns >= pair.fine.ns) pair.fine = read;
    if (coarse === undefined || this.isLost || !before(coarse, read)) return undefined;
    const leastNs = coarse.ns - this.turnNs();
    return read.ns >= leastNs ? 'held' : ahead(coarse, read);
  }

  private coarse(pair: Pair, read: ClockRead): Finding {
    if (pair.coarse === undefined || read.ns >= pair.coarse.ns) pair.coarse = read;
    const { taken, update } = pair;
    if (taken === undefined || update === undefined || read.earliestNs < update.latestNs) {
      return undefined;
    }
    const lagNs = this.intervalNs();
    const leastNs = taken.ns - lagNs - this.turnNs();
    return read.ns >= leastNs ? 'held' : behind(taken, update, read, lagNs);
  }

  /** One cycle interval at the highest rate in force, and what floors take. */
  private intervalNs(): Ns {
    const { hz, cycle } = this.nominal;
    const tickNs = NSEC_PER_SEC / hz + ceilDivide(cycle, RATE_ONE);
    return ceilDivide(tickNs * this.rate.highest, RATE_ONE) + 1n;
  }

  /** What a reader behind `cycle_last` may be off. */
  private turnNs(): Ns {
    const { skewNs } = this.nominal;
    if (skewNs === 0n) return 0n;
    const { highest, lowest } = this.rate;
    return ceilDivide(2n * skewNs * (highest - lowest), RATE_ONE) + 2n;
  }
}

function ahead(coarse: ClockRead, read: ClockRead): Violation {
  return {
    expected: `${read.clock} at or past ${coarse.ns} ns, which ${coarse.clock} showed on ${nameOf(coarse)} before`,
    observed: `${read.ns} ns on ${nameOf(read)}: the coarse clock was ${coarse.ns - read.ns} ns ahead`,
    evidence: [coarse, read],
  };
}

function behind(taken: ClockRead, update: Published, read: ClockRead, lagNs: Ns): Violation {
  const fine: ClockId = taken.clock;
  return {
    expected: `${read.clock} at most ${lagNs} ns behind ${taken.ns} ns, which ${fine} showed on ${nameOf(taken)} before the update`,
    observed: `${read.ns} ns on ${nameOf(read)}: ${taken.ns - read.ns} ns behind`,
    evidence: [taken, update, read],
  };
}
