import type { EventOf } from '../contract/event.js';
import type { Finding, Premises, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { abs, ceilDivide, max, min } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf, type Write } from './life.js';
import { RATE_ONE, type RateRange, slopeRange } from './nominal.js';
import { Watch } from './watch.js';

type Snapshot = EventOf<'snapshot-taken'>;

/** Two floors of MONOTONIC, two of RAW: less than 2 ns together, RAW's times the rate. */
const QUANTUM = 2n * RATE_ONE;

/**
 * MONOTONIC against RAW, of samples of both: ∫ lo dRAW − tol <= ΔMONOTONIC <= ∫ hi dRAW + tol, in all
 * windows. The rates are what adjtimex(2) asked for, without the counter's error, which is in both
 * clocks; between two samples the extremes of what was in force count. mult is a whole number, the one
 * at or below what is asked for or the next: one unit of it is in the rates, and with it all that
 * `ntp_error` makes of them.
 *
 * tol is 2 ns for what is cut from the values; 1 ns times each change of a rate, as RAW is cut where
 * it changes; what a publication takes from, or gives to, the line of a sample made since its counter
 * sample; 1 ns for each clock_settime(2), which drops a fraction. With declared skew a reader behind
 * `cycle_last` sees a line that may have turned.
 */
export const rateStaysWithinAdjtimex: Property = {
  name: 'rate-stays-within-adjtimex',
  statement: 'MONOTONIC runs against RAW at the rate that adjtimex(2) asked for.',
  source: {
    title: 'tools/testing/selftests/timers/raw_skew.c, adjtick.c: the measured rate is the one set',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/tools/testing/selftests/timers/raw_skew.c',
  },
  measure: { what: 'growth of MONOTONIC beyond what the rates allow', perNs: RATE_ONE },
  monitor: (premises) => new Slopes(premises, SlopeOfLife),
};

class Slopes extends Watch<SlopeOfLife> {
  'snapshot-taken'(snapshot: Snapshot): Finding {
    return this.follower.of(snapshot).judge(snapshot);
  }
}

/** One of the two bounds: `sign` 1 is the upper one, −1 the lower with all signs turned. */
class Bound {
  /** ∫ rate dRAW up to the last sample, in ns * RATE_ONE. */
  private integral = 0n;
  /** The lowest value − integral so far, and whose it is. */
  private lowest = 0n;
  private from: Snapshot | undefined;
  private last: Snapshot | undefined;
  /** Of the rates in force since the last sample, the one that bounds; and that of the piece before. */
  private rate: bigint;
  private before: bigint;

  constructor(
    private readonly sign: bigint,
    rate: bigint,
  ) {
    this.rate = rate;
    this.before = rate;
  }

  forget(): void {
    this.from = undefined;
    this.last = undefined;
  }

  /** Another rate is in force, beside that which was since the last sample. */
  turned(rate: bigint): void {
    this.rate = this.sign > 0n ? max(this.rate, rate) : min(this.rate, rate);
  }

  /** Every window that goes on may be off by as much more. */
  allow(by: bigint): void {
    this.lowest += by;
  }

  /** What the line of a sample lost: it stands for less. */
  lower(by: (from: Snapshot) => bigint): void {
    if (this.from !== undefined) this.lowest += by(this.from);
  }

  /** @returns the sample from which it grew too much, and by how much, in ns * RATE_ONE. */
  judge(
    now: Snapshot,
    rate: bigint,
    slack: bigint,
    onDistance: Premises['onDistance'],
  ): { readonly from: Snapshot; readonly by: bigint } | 'held' | undefined {
    const { last, sign } = this;
    if (last !== undefined) {
      this.integral += this.rate * (now.rawNs - last.rawNs);
      this.lowest += abs(this.rate - this.before);
      this.before = this.rate;
    }
    this.last = now;
    this.rate = rate;
    const value = sign * (now.monotonicNs * RATE_ONE - this.integral);
    const { from } = this;
    if (from === undefined || value < this.lowest) {
      this.lowest = value;
      this.from = now;
      return from === undefined ? undefined : 'held';
    }
    onDistance?.({ value: value - this.lowest, bound: slack });
    const by = value - this.lowest - slack;
    return by > 0n ? { from, by } : 'held';
  }
}

class SlopeOfLife extends Life<SlopeOfLife> {
  private readonly upper: Bound;
  private readonly least: Bound;
  private readonly allowsPublication: boolean;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    const { lo, hi } = this.slope();
    this.upper = new Bound(1n, hi);
    this.least = new Bound(-1n, lo);
    this.allowsPublication = !this.premises.strict.has('publication');
  }

  override copy(circumstances: Circumstances): SlopeOfLife {
    return new SlopeOfLife(circumstances);
  }

  override forget(): void {
    this.upper.forget();
    this.least.forget();
  }

  private slope(): RateRange {
    return slopeRange(this.nominal, this.rate.asked);
  }

  override rateChanged(): void {
    const { lo, hi } = this.slope();
    this.upper.turned(hi);
    this.least.turned(lo);
  }

  override lineChanged(): void {
    if (!this.allowsPublication) return;
    const { publication } = this;
    this.upper.lower((from) => publication.belowNs(from) * RATE_ONE);
    this.least.lower((from) => publication.aboveNs(from) * RATE_ONE);
  }

  override wrote({ kind }: Write): void {
    if (kind === 'clock-set') this.least.allow(RATE_ONE);
    if (kind === 'guest-resumed' && this.nominal.skewNs > 0n) this.forget();
  }

  judge(snapshot: Snapshot): Finding {
    if (this.ignores(snapshot)) return undefined;
    const { lo, hi } = this.slope();
    const slack = QUANTUM + this.blur();
    const { onDistance } = this.premises;
    const above = this.upper.judge(snapshot, hi, slack, onDistance);
    const below = this.least.judge(snapshot, lo, slack, onDistance);
    if (typeof above === 'object') return violation(above.from, snapshot, above.by, 'most');
    if (typeof below === 'object') return violation(below.from, snapshot, below.by, 'least');
    return above;
  }

  /** A sample whose publication is under way or whose counter is behind may be off its line. */
  private blur(): bigint {
    const { skewNs } = this.nominal;
    if (skewNs === 0n) return 0n;
    return 2n * (skewNs * (this.rate.highest - this.rate.lowest) + RATE_ONE);
  }
}

function violation(from: Snapshot, now: Snapshot, by: bigint, which: 'most' | 'least'): Violation {
  const grownNs = now.monotonicNs - from.monotonicNs;
  const rawNs = now.rawNs - from.rawNs;
  const offNs: Ns = ceilDivide(by, RATE_ONE);
  const boundNs = which === 'most' ? grownNs - offNs : grownNs + offNs;
  return {
    expected: `MONOTONIC at ${which} ${boundNs} ns on, as RAW grew by ${rawNs} ns since ${nameOf(from)} sampled both`,
    observed: `${grownNs} ns on ${nameOf(now)}: ${offNs} ns too ${which === 'most' ? 'much' : 'little'}`,
    evidence: [from, now],
  };
}
