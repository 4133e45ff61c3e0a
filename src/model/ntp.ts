import { ADJ_NANO, STA_DEL, STA_INS, STA_UNSYNC } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { abs, s64, symmetricShiftRight, u64 } from '../math/u64.js';

/** With ADJ_ADJTIME the bit of ADJ_NANO says: read the old adjustment only. */
export const ADJ_OFFSET_READONLY = ADJ_NANO;

/** STA_* bits that no schedule needs a name for. */
export const STA_FLL = 0x0008;
export const STA_FREQHOLD = 0x0080;
export const STA_CLOCKERR = 0x1000;
export const STA_MODE = 0x4000;
/** The bits that only the kernel sets. */
export const STA_RONLY = 0xff00;

/** Where the clock is around a leap second; adjtimex(2) returns it. */
export const TIME_OK = 0;
export const TIME_INS = 1;
export const TIME_DEL = 2;
export const TIME_OOP = 3;
export const TIME_WAIT = 4;
export const TIME_ERROR = 5;

/** Rates are ns per second, shifted left by 32. */
export const NTP_SCALE_SHIFT = 32n;
/** 1 ppm of adjtimex's freq is 65536; this takes freq to ns/s << 32. */
export const PPM_SCALE = 1000n << 16n;
/** Largest frequency correction: 500 ppm, in ns/s << 32. */
export const MAXFREQ_SCALED = 500_000n << NTP_SCALE_SHIFT;
/** Largest phase that the PLL corrects, in ns. */
export const MAXPHASE = 500_000_000n;
/** Bound of maxerror and esterror, in µs. */
export const NTP_PHASE_LIMIT = 16_000_000n;
/** "Never", as a time in ns and as one in seconds. */
export const KTIME_MAX: Ns = (1n << 63n) - 1n;
export const TIME64_MAX = (1n << 63n) - 1n;

/** adjtime(3) slews 500 µs per second. */
const MAX_TICKADJ = 500n;
/** Growth of maxerror, µs per second: 500 ppm. */
const MAXERROR_PER_SEC = 500n;
const SHIFT_PLL = 2n;
const USER_HZ = 100n;
const SEC_PER_DAY = 86_400n;

/** The NTP state of the kernel: struct ntp_data of kernel/time/ntp.c. */
export class Ntp {
  readonly hz: bigint;
  /** Microseconds per 1/100 s: 10000 is nominal. */
  tickUsec = 10_000n;
  /** Ns per tick, whole. */
  tickNsec = 0n;
  /** Ns per tick << 32 in force until the next second. */
  tickLength = 0n;
  /** The same without slew and PLL. */
  tickLengthBase = 0n;
  timeState: number = TIME_OK;
  timeStatus: number = STA_UNSYNC;
  /** Phase that the PLL has still to correct, ns per tick << 32. */
  timeOffset = 0n;
  timeConstant = 2n;
  timeMaxerror = NTP_PHASE_LIMIT;
  timeEsterror = NTP_PHASE_LIMIT;
  /** Frequency correction, ns/s << 32. */
  timeFreq = 0n;
  /** REALTIME second of the last ADJ_OFFSET. */
  timeReftime = 0n;
  /** What adjtime(3) has still to slew, µs. */
  timeAdjust = 0n;
  /** Correction given at boot, ns/s << 32; always 0 here. */
  ntpTickAdj = 0n;
  /** REALTIME second of the pending leap. */
  ntpNextLeapSec = TIME64_MAX;
  /** Leap seconds carried out since they were last asked after, in s of REALTIME: not of the kernel. */
  leapDue = 0n;

  private readonly maxTickadjScaled: bigint;

  constructor(hz: bigint) {
    this.hz = hz;
    this.maxTickadjScaled = ((MAX_TICKADJ * 1000n) << NTP_SCALE_SHIFT) / hz;
  }

  copyFrom(from: Ntp): void {
    this.tickUsec = from.tickUsec;
    this.tickNsec = from.tickNsec;
    this.tickLength = from.tickLength;
    this.tickLengthBase = from.tickLengthBase;
    this.timeState = from.timeState;
    this.timeStatus = from.timeStatus;
    this.timeOffset = from.timeOffset;
    this.timeConstant = from.timeConstant;
    this.timeMaxerror = from.timeMaxerror;
    this.timeEsterror = from.timeEsterror;
    this.timeFreq = from.timeFreq;
    this.timeReftime = from.timeReftime;
    this.timeAdjust = from.timeAdjust;
    this.ntpTickAdj = from.ntpTickAdj;
    this.ntpNextLeapSec = from.ntpNextLeapSec;
    this.leapDue = from.leapDue;
  }

  /**
   * Takes a change of tick or frequency into the tick's length; a slew in flight stays. As
   * ntp_update_frequency().
   */
  updateFrequency(): void {
    const tickUsecPerSec = this.tickUsec * 1000n * USER_HZ;
    const secondLength = u64((tickUsecPerSec << NTP_SCALE_SHIFT) + this.ntpTickAdj + this.timeFreq);
    const base = secondLength / this.hz;
    this.tickNsec = base >> NTP_SCALE_SHIFT;
    this.tickLength = u64(this.tickLength + base - this.tickLengthBase);
    this.tickLengthBase = base;
  }

  /** Forgets phase and synchronisation, keeps frequency and a leap's state. As ntp_clear(). */
  clear(): void {
    this.timeAdjust = 0n;
    this.timeStatus |= STA_UNSYNC;
    this.timeMaxerror = NTP_PHASE_LIMIT;
    this.timeEsterror = NTP_PHASE_LIMIT;
    this.updateFrequency();
    this.tickLength = this.tickLengthBase;
    this.timeOffset = 0n;
    this.ntpNextLeapSec = TIME64_MAX;
  }

  /** REALTIME of a leap second to insert, or KTIME_MAX. As ntp_get_next_leap(). */
  nextLeap(): Ns {
    if (this.timeState !== TIME_INS || (this.timeStatus & STA_INS) === 0) return KTIME_MAX;
    const ns = this.ntpNextLeapSec * NSEC_PER_SEC;
    return ns > KTIME_MAX ? KTIME_MAX : ns;
  }

  /**
   * REALTIME reached the second `secs`: picks the tick's length of the coming second. As
   * second_overflow().
   *
   * @returns what a leap second adds to REALTIME: -1, 0 or 1 s
   */
  secondOverflow(secs: bigint): bigint {
    const leap = this.leapAt(secs);
    this.growMaxerror(1n);
    this.tickLength = this.tickLengthBase;
    if (this.timeOffset !== 0n) {
      const phase = this.phaseOfOneSecond();
      this.timeOffset -= phase;
      this.tickLength = u64(this.tickLength + phase);
    }
    if (this.timeAdjust !== 0n) this.slewOneSecond();
    return leap;
  }

  /**
   * Whether the coming seconds change nothing but maxerror: no slew, no phase, no leap second
   * ahead.
   */
  isSteady(): boolean {
    if (this.timeAdjust !== 0n || this.tickLength !== this.tickLengthBase) return false;
    if (this.phaseOfOneSecond() !== 0n) return false;
    const leapWanted = (this.timeStatus & (STA_INS | STA_DEL)) !== 0;
    return this.timeState === (leapWanted ? TIME_WAIT : TIME_OK);
  }

  /** `count` seconds pass while isSteady(). */
  passSteadySeconds(count: bigint): void {
    this.growMaxerror(count);
  }

  private growMaxerror(secs: bigint): void {
    this.timeMaxerror += MAXERROR_PER_SEC * secs;
    if (this.timeMaxerror > NTP_PHASE_LIMIT) {
      this.timeMaxerror = NTP_PHASE_LIMIT;
      this.timeStatus |= STA_UNSYNC;
    }
  }

  /** The share of the phase that the PLL corrects in one second, ns per tick << 32. */
  private phaseOfOneSecond(): bigint {
    return symmetricShiftRight(this.timeOffset, SHIFT_PLL + this.timeConstant);
  }

  /**
   * Moves the state around a leap second on. It is hit by equality: a clock that jumps past it
   * never leaps.
   */
  private leapAt(secs: bigint): bigint {
    const status = this.timeStatus;
    switch (this.timeState) {
      case TIME_OK:
        if ((status & STA_INS) !== 0) {
          this.timeState = TIME_INS;
          this.ntpNextLeapSec = secs + SEC_PER_DAY - (secs % SEC_PER_DAY);
        } else if ((status & STA_DEL) !== 0) {
          this.timeState = TIME_DEL;
          this.ntpNextLeapSec = secs + SEC_PER_DAY - ((secs + 1n) % SEC_PER_DAY);
        }
        return 0n;
      case TIME_INS:
        return this.pendingLeapAt(secs, STA_INS, TIME_OOP, -1n);
      case TIME_DEL:
        return this.pendingLeapAt(secs, STA_DEL, TIME_WAIT, 1n);
      case TIME_OOP:
        this.ntpNextLeapSec = TIME64_MAX;
        this.timeState = TIME_WAIT;
        return 0n;
      default:
        if ((status & (STA_INS | STA_DEL)) === 0) this.timeState = TIME_OK;
        return 0n;
    }
  }

  private pendingLeapAt(secs: bigint, wanted: number, next: number, leap: bigint): bigint {
    if ((this.timeStatus & wanted) === 0) {
      this.ntpNextLeapSec = TIME64_MAX;
      this.timeState = TIME_OK;
      return 0n;
    }
    if (secs !== this.ntpNextLeapSec) return 0n;
    // While a second is being inserted adjtimex(2) still needs to know which one.
    if (next === TIME_WAIT) this.ntpNextLeapSec = TIME64_MAX;
    this.timeState = next;
    return leap;
  }

  /** Spends up to 500 µs of the adjtime(3) adjustment in the coming second. */
  private slewOneSecond(): void {
    if (abs(this.timeAdjust) > MAX_TICKADJ) {
      const sign = this.timeAdjust > 0n ? 1n : -1n;
      this.timeAdjust -= sign * MAX_TICKADJ;
      this.tickLength = u64(this.tickLength + sign * this.maxTickadjScaled);
      return;
    }
    // Whole ns per tick: where HZ does not divide the rest, up to HZ - 1 ns of it are lost.
    const nsPerTick = s64(this.timeAdjust * 1000n) / this.hz;
    this.tickLength = u64(this.tickLength + (nsPerTick << NTP_SCALE_SHIFT));
    this.timeAdjust = 0n;
  }
}
