import { type Cycles, NSEC_PER_SEC, type Ns, type ShiftedNs } from '../contract/units.js';
import { max, s64, u32, u64 } from '../math/u64.js';
import type { Clocksource } from './clocksource.js';
import type { KernelDifferences } from './kernels.js';
import type { Rules } from './rules.js';
import {
  addTimespec,
  nsToTimespec,
  TIMESPEC_ZERO,
  type Timespec,
  timespecToNs,
} from './timespec.js';
import { clocksourceDelta, TkReadBase } from './tk-read-base.js';

const U64_MAX = (1n << 64n) - 1n;

/**
 * The kernel keeps two of these, one published and one to compute the next tick on: struct
 * timekeeper.
 */
export class TkState {
  /** MONOTONIC, and by offsets REALTIME, BOOTTIME and TAI. */
  readonly tkrMono: TkReadBase;
  readonly tkrRaw: TkReadBase;
  /** REALTIME's whole seconds since 1970, modulo 2^64. */
  xtimeSec = 0n;
  /** MONOTONIC's whole seconds, modulo 2^64. */
  ktimeSec = 0n;
  /** What added to REALTIME gives MONOTONIC; normalised. */
  wallToMonotonic: Timespec = TIMESPEC_ZERO;
  /** MONOTONIC to REALTIME, to BOOTTIME, to TAI. */
  offsReal: Ns = 0n;
  offsBoot: Ns = 0n;
  offsTai: Ns = 0n;
  /** TAI minus UTC, s. */
  taiOffset = 0n;
  /** Moves whenever offsReal, offsBoot or offsTai may have changed; modulo 2^32. */
  clockWasSetSeq = 0n;
  /** Moves whenever the clocksource changes; modulo 2^8. */
  csWasChangedSeq = 0n;
  /** MONOTONIC time of a leap second to insert, or KTIME_MAX. */
  nextLeapKtime: Ns = 0n;
  /** RAW's whole seconds. */
  rawSec = 0n;
  /** offsBoot, for the vDSO page. */
  monotonicToBoot: Timespec = TIMESPEC_ZERO;
  /** Cycles of one tick. */
  cycleInterval: Cycles = 0n;
  /** What one tick adds to MONOTONIC: cycleInterval * mult. */
  xtimeInterval: ShiftedNs = 0n;
  /** What the whole cycles of a tick miss of its nominal length. */
  xtimeRemainder: ShiftedNs = 0n;
  /** What one tick adds to RAW. */
  rawInterval: ShiftedNs = 0n;
  /** The tick's length by NTP that mult was chosen for, ns << 32. */
  ntpTick = 0n;
  /** Ideal minus accumulated MONOTONIC, ns << 32. */
  ntpError = 0n;
  /** From the unit of xtimeNsec to that of ntpError. */
  ntpErrorShift = 0n;
  /** 1 while mult is one above its base, to repay a positive ntpError. */
  ntpErrMult = 0n;
  /** The next second was counted before: an adjustment took the clock back across its start. */
  skipSecondOverflow = false;
  /** MONOTONIC as the coarse clocks show it, where they have a value of their own. */
  private coarse: Ns = 0n;

  constructor(
    clock: Clocksource,
    readonly kernel: KernelDifferences,
    readonly rules: Rules,
  ) {
    this.tkrMono = new TkReadBase(clock);
    this.tkrRaw = new TkReadBase(clock);
  }

  copyFrom(from: TkState): void {
    this.tkrMono.copyFrom(from.tkrMono);
    this.tkrRaw.copyFrom(from.tkrRaw);
    this.xtimeSec = from.xtimeSec;
    this.ktimeSec = from.ktimeSec;
    this.wallToMonotonic = from.wallToMonotonic;
    this.offsReal = from.offsReal;
    this.offsBoot = from.offsBoot;
    this.offsTai = from.offsTai;
    this.taiOffset = from.taiOffset;
    this.clockWasSetSeq = from.clockWasSetSeq;
    this.csWasChangedSeq = from.csWasChangedSeq;
    this.nextLeapKtime = from.nextLeapKtime;
    this.rawSec = from.rawSec;
    this.monotonicToBoot = from.monotonicToBoot;
    this.cycleInterval = from.cycleInterval;
    this.xtimeInterval = from.xtimeInterval;
    this.xtimeRemainder = from.xtimeRemainder;
    this.rawInterval = from.rawInterval;
    this.ntpTick = from.ntpTick;
    this.ntpError = from.ntpError;
    this.ntpErrorShift = from.ntpErrorShift;
    this.ntpErrMult = from.ntpErrMult;
    this.skipSecondOverflow = from.skipSecondOverflow;
    this.coarse = from.coarse;
  }

  /** REALTIME at the last update. As tk_xtime(). */
  xtime(): Timespec {
    return { sec: s64(this.xtimeSec), nsec: this.tkrMono.xtimeNsec >> this.tkrMono.shift };
  }

  /** REALTIME as the coarse clocks show it. As tk_xtime(), since 6.15 tk_xtime_coarse(). */
  xtimeCoarse(): Timespec {
    return this.kernel.coarseIsSeparate ? nsToTimespec(this.coarse + this.offsReal) : this.xtime();
  }

  /** The counter was accounted for up to cycleLast. As tk_update_coarse_nsecs(). */
  updateCoarse(): void {
    if (!this.kernel.coarseIsSeparate) return;
    this.coarse = max(this.coarse, timespecToNs(this.xtime()) - this.offsReal);
  }

  /** As tk_set_xtime(): a fraction of a nanosecond is dropped. */
  setXtime(ts: Timespec): void {
    this.xtimeSec = u64(ts.sec);
    this.tkrMono.xtimeNsec = ts.nsec << this.tkrMono.shift;
  }

  /** As tk_xtime_add(). */
  addToXtime(ts: Timespec): void {
    this.xtimeSec = u64(this.xtimeSec + ts.sec);
    this.tkrMono.xtimeNsec += ts.nsec << this.tkrMono.shift;
    this.normalizeXtime();
  }

  /** Moves whole seconds out of both xtimeNsec. As tk_normalize_xtime(). */
  normalizeXtime(): void {
    const { tkrMono, tkrRaw } = this;
    const second = tkrMono.clock.nsecPerSecShifted;
    if (tkrMono.xtimeNsec >= second) {
      this.xtimeSec = u64(this.xtimeSec + tkrMono.xtimeNsec / second);
      tkrMono.xtimeNsec %= second;
    }
    if (tkrRaw.xtimeNsec >= second) {
      this.rawSec += tkrRaw.xtimeNsec / second;
      tkrRaw.xtimeNsec %= second;
    }
  }

  /** As tk_set_wall_to_mono(). */
  setWallToMonotonic(wtm: Timespec): void {
    this.wallToMonotonic = wtm;
    this.offsReal = s64(-timespecToNs(wtm));
    this.updateOffsTai();
  }

  /** As __timekeeping_set_tai_offset(). */
  setTaiOffset(taiOffset: bigint): void {
    this.taiOffset = taiOffset;
    this.updateOffsTai();
  }

  private updateOffsTai(): void {
    this.offsTai = s64(this.rules.offsTai(this.offsReal, this.taiOffset));
  }

  /** As tk_update_sleep_time(). */
  addToOffsBoot(delta: Timespec): void {
    this.offsBoot = s64(this.offsBoot + timespecToNs(delta));
    this.monotonicToBoot = nsToTimespec(this.offsBoot);
  }

  /** A leap second of -1 or 1 s: REALTIME steps, MONOTONIC and TAI do not. */
  leap(sec: bigint): void {
    this.xtimeSec = u64(this.xtimeSec + sec);
    this.setWallToMonotonic(addTimespec(this.wallToMonotonic, { sec: -sec, nsec: 0n }));
    this.setTaiOffset(this.taiOffset - sec);
  }

  /** As tk_update_ktime_data(). */
  updateKtimeData(): void {
    const { tkrMono, wallToMonotonic } = this;
    const sec = this.xtimeSec + wallToMonotonic.sec;
    tkrMono.base = s64(sec * NSEC_PER_SEC + wallToMonotonic.nsec);
    const nsec = u32(wallToMonotonic.nsec + (tkrMono.xtimeNsec >> tkrMono.shift));
    this.ktimeSec = u64(nsec >= NSEC_PER_SEC ? sec + 1n : sec);
    this.tkrRaw.base = this.rawSec * NSEC_PER_SEC;
  }

  /**
   * Accounts for the counter up to `counter`, outside a tick: no second crossed here meets NTP or
   * a leap second. As timekeeping_forward_now().
   *
   * A counter behind cycleLast counts as no time, yet cycleLast follows it: the same cycles are
   * counted again when it catches up.
   */
  forwardNow(counter: Cycles): void {
    const { tkrMono, tkrRaw } = this;
    const { maxCycles, nsecPerSecShifted } = tkrMono.clock;
    // A chunk can overflow only under a multiplier beyond maxadj; else one sum tells the same.
    const overflows = maxCycles * tkrMono.mult + nsecPerSecShifted > U64_MAX;
    let delta = clocksourceDelta(tkrMono.cycleLast, counter, tkrMono.clock);
    tkrMono.cycleLast = counter;
    tkrRaw.cycleLast = counter;
    while (delta > 0n) {
      const chunk = overflows && delta > maxCycles ? maxCycles : delta;
      const xtimeNsec = tkrMono.xtimeNsec + chunk * tkrMono.mult;
      tkrMono.xtimeNsec = overflows ? u64(xtimeNsec) : xtimeNsec;
      tkrRaw.xtimeNsec += chunk * tkrRaw.mult;
      this.normalizeXtime();
      delta -= chunk;
    }
    this.updateCoarse();
  }

  /**
   * Starts on `clock`, whose counter shows `counter`, at its nominal rate. As tk_setup_internals().
   */
  setupInternals(clock: Clocksource, counter: Cycles, hz: bigint): void {
    const { tkrMono, tkrRaw } = this;
    this.csWasChangedSeq = (this.csWasChangedSeq + 1n) & 0xffn;
    const shiftChange = clock.shift - tkrMono.shift;
    for (const tkr of [tkrMono, tkrRaw]) {
      tkr.clock = clock;
      tkr.mask = clock.mask;
      tkr.cycleLast = counter;
      tkr.mult = clock.mult;
      tkr.shift = clock.shift;
      tkr.xtimeNsec =
        shiftChange < 0n ? tkr.xtimeNsec >> -shiftChange : tkr.xtimeNsec << shiftChange;
    }
    const tick = (NSEC_PER_SEC / hz) << clock.shift;
    const cycles = (tick + clock.mult / 2n) / clock.mult;
    this.cycleInterval = cycles === 0n ? 1n : cycles;
    this.xtimeInterval = this.cycleInterval * clock.mult;
    this.rawInterval = this.xtimeInterval;
    this.xtimeRemainder = tick - this.xtimeInterval;
    this.ntpError = 0n;
    this.ntpErrorShift = 32n - clock.shift;
    this.ntpTick = tick << this.ntpErrorShift;
    this.ntpErrMult = 0n;
    this.skipSecondOverflow = false;
  }
}
