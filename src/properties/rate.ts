import type { EventOf } from '../contract/event.js';
import type { Premises } from '../contract/property.js';
import {
  ADJ_ADJTIME,
  ADJ_NANO,
  ADJ_SETOFFSET,
  NOMINAL_TICK,
  SCALED_PPM,
  STA_NANO,
} from '../contract/timex.js';
import { type Cycles, NSEC_PER_SEC } from '../contract/units.js';
import { max, min } from '../math/u64.js';
import { monotonicRange, type Nominal, PPB, type RateRange } from './nominal.js';

type NtpAdjusted = EventOf<'ntp-adjusted'>;

const PPM = 1_000n * PPB;
/** What adjtimex(2) and adjtime(3) can make of the rate at most: 500 ppm each (bound B5). */
const MAX_PPM = 500n * PPM;
const NOTHING: RateRange = { lo: 0n, hi: 0n };

/**
 * *Rate in force* of laws.md for one life of a guest: lo <= d MONOTONIC / dt <= hi.
 *
 * Frequency and tick count from their call until the first tick published after they were
 * replaced, of those ticks that sampled the counter after it. A slew (adjtime(3), PLL) changes at
 * the boundaries of seconds only (second_overflow()), so a replaced one goes on up to the next: it
 * counts until ticks have carried the clock 2 s further with no clock_settime(2) between, which
 * may swallow a boundary. What is left of a slew is not known, so one that was asked for counts
 * until replaced.
 */
export class RateInForce {
  /** d MONOTONIC / dt, 1 is RATE_ONE. */
  lo: bigint;
  hi: bigint;
  /** The extremes since the life began, its ancestors' included. */
  lowest: bigint;
  highest: bigint;
  /**
   * What frequency and tick ask for beside 1: now, and with what was replaced but may still act.
   */
  private base: RateRange = NOTHING;
  private bases: RateRange = NOTHING;
  private singleshot: RateRange = NOTHING;
  private pll: RateRange = NOTHING;
  private slews: RateRange = NOTHING;
  private isSampledSince = false;
  /** NTP's state was cleared: the slews that still act end with the next tick. */
  private isCleared = false;
  private slewsEndAfter: Cycles | undefined;
  private readonly isDeclared: boolean;

  constructor(
    private readonly premises: Premises,
    private readonly nominal: Nominal,
  ) {
    const declared = premises.declared.ratePpb;
    this.isDeclared = declared !== null;
    if (declared !== null) {
      this.base = { lo: declared.lowest * PPB, hi: declared.highest * PPB };
      this.bases = this.base;
    }
    const { lo, hi } = nominal.monotonic;
    this.lo = lo;
    this.lowest = lo;
    this.hi = hi;
    this.highest = hi;
  }

  copy(): RateInForce {
    return Object.assign(new RateInForce(this.premises, this.nominal), this);
  }

  /** The call counts from now on. @returns whether the range changed. */
  ntpAdjusted(adjusted: NtpAdjusted): boolean {
    if (this.isDeclared || adjusted.ret < 0) return false;
    if ((adjusted.timex.modes & ADJ_SETOFFSET) !== 0) this.forgetSlews();
    this.base = baseOf(adjusted);
    this.bases = union(this.bases, this.base);
    if ((adjusted.timex.modes & ADJ_ADJTIME) === 0) this.pll = pllOf(adjusted);
    else if ((adjusted.timex.modes & ADJ_NANO) === 0) this.singleshot = singleshotOf(adjusted);
    this.slews = union(this.slews, sum(this.singleshot, this.pll));
    this.slewsEndAfter = undefined;
    this.isSampledSince = false;
    return this.derive();
  }

  /**
   * clock_settime(2) clears what NTP was about to slew; seconds that it crosses are not counted.
   */
  clockSet({ ret }: EventOf<'clock-set'>): void {
    if (ret === 0) this.forgetSlews();
    this.slewsEndAfter = undefined;
  }

  /** Another writer that moves the clock to now without counting seconds: suspend, resume. */
  forwarded(): void {
    this.slewsEndAfter = undefined;
  }

  tickSampled(): void {
    this.isSampledSince = true;
  }

  /**
   * What was replaced before the tick's sample acts no more. @returns whether the range changed.
   */
  tickPublished({ cycleLast }: EventOf<'tick-published'>): boolean {
    if (!this.isSampledSince) return false;
    const { isCleared } = this;
    this.isCleared = false;
    const slews = sum(this.singleshot, this.pll);
    if (equal(this.bases, this.base) && equal(this.slews, slews)) return false;
    this.bases = this.base;
    if (isCleared || this.hasPassedSecond(cycleLast)) this.slews = slews;
    return this.derive();
  }

  /** `cycleLast`: up to where ticks have carried the clock, which may be published long after. */
  private hasPassedSecond(cycleLast: Cycles): boolean {
    const { spec, mult, shift, hz } = this.nominal;
    if (this.slewsEndAfter !== undefined) {
      const cycles = BigInt.asIntN(spec.widthBits, cycleLast - this.slewsEndAfter);
      // RAW time for a second of MONOTONIC, whose rate B5 holds above 3/4 of it, and a tick left
      // over.
      if (cycles > 0n)
        return (cycles * mult) >> shift > 2n * NSEC_PER_SEC + (2n * NSEC_PER_SEC) / hz;
    }
    this.slewsEndAfter = cycleLast;
    return false;
  }

  private forgetSlews(): void {
    this.singleshot = NOTHING;
    this.pll = NOTHING;
    this.isCleared = true;
    this.isSampledSince = false;
  }

  /** What NTP asks for beside 1, with what was replaced but may still act. */
  get asked(): RateRange {
    return sum(this.bases, this.slews);
  }

  private derive(): boolean {
    const { asked } = this;
    const { lo, hi } = monotonicRange(this.nominal, asked.lo, asked.hi);
    if (lo === this.lo && hi === this.hi) return false;
    this.lo = lo;
    this.hi = hi;
    this.lowest = min(this.lowest, lo);
    this.highest = max(this.highest, hi);
    return true;
  }
}

/** Frequency and tick as the call returned them; the kernel rounds freq by up to 2 of its units. */
function baseOf({ freq, tick }: NtpAdjusted): RateRange {
  const unit = PPM / SCALED_PPM;
  const ticks = (tick - NOMINAL_TICK) * 100n * PPM;
  return {
    lo: ticks + max((freq - 2n) * unit, -MAX_PPM),
    hi: ticks + min((freq + 2n) * unit, MAX_PPM),
  };
}

/** adjtime(3): 500 ppm in its direction while any is left. */
function singleshotOf({ timex }: NtpAdjusted): RateRange {
  const offset = timex.offset ?? 0n;
  return { lo: offset < 0n ? -MAX_PPM : 0n, hi: offset > 0n ? MAX_PPM : 0n };
}

/**
 * The PLL works off 1 / 2^(2 + constant) of what is left each second; the rest was rounded toward
 * zero.
 */
function pllOf({ offset, status, constant }: NtpAdjusted): RateRange {
  if (offset === 0n) return NOTHING;
  const unitNs = (status & STA_NANO) === 0 ? 1_000n : 1n;
  const size = ((offset < 0n ? -offset : offset) + 1n) * unitNs;
  const rate = (size * PPB) >> (2n + constant);
  return offset < 0n ? { lo: -rate, hi: 0n } : { lo: 0n, hi: rate };
}

function sum(a: RateRange, b: RateRange): RateRange {
  return { lo: a.lo + b.lo, hi: a.hi + b.hi };
}

function union(a: RateRange, b: RateRange): RateRange {
  return { lo: min(a.lo, b.lo), hi: max(a.hi, b.hi) };
}

function equal(a: RateRange, b: RateRange): boolean {
  return a.lo === b.lo && a.hi === b.hi;
}
