import type { KernelVersion } from '../contract/machine.js';
import type { Cycles } from '../contract/units.js';
import { u32 } from '../math/u64.js';
import type { Clocksource } from './clocksource.js';
import { KERNELS } from './kernels.js';
import { KTIME_MAX, Ntp } from './ntp.js';
import type { Rules } from './rules.js';
import { TIMESPEC_ZERO, type Timespec } from './timespec.js';
import { TkState } from './tk-state.js';

/** Flags of update(). */
export const TK_CLEAR_NTP = 1;
export const TK_CLOCK_WAS_SET = 4;

/**
 * What clock_was_set() is owed: later from a workqueue (a leap second), for the wall clock, for
 * BOOTTIME.
 */
export const CLOCK_WAS_SET_DELAYED = 1;
export const CLOCK_SET_WALL = 2;
export const CLOCK_SET_BOOT = 4;

export const EINVAL = 22;

/**
 * All state of the core: the published timekeeper is the object itself, the next tick's is
 * `shadow`.
 */
export class TkCore extends TkState {
  readonly shadow: TkState;
  readonly ntp: Ntp;
  readonly hz: bigint;
  /** Between suspend() and resume(). */
  suspended = false;
  /** The sleep is not accounted for yet: the RTC may still inject it. */
  suspendTimingNeeded = false;
  persistentClockExists = false;
  /** The persistent clock at suspend, corrected for its drift against REALTIME. */
  suspendTime: Timespec = TIMESPEC_ZERO;
  /** REALTIME minus persistent clock at the suspend that the correction is measured from. */
  suspendDelta: Timespec = TIMESPEC_ZERO;
  /** Counter at suspend, for a clocksource that counts on. */
  suspendStart: Cycles = 0n;
  /** The NMI-safe readers show the time of suspend: no update since. */
  fastHalted = false;
  cyclesAtSuspend: Cycles = 0n;
  /** Sequence of the vDSO page: 2 more per update, modulo 2^32. */
  vdsoSeq = 0;
  /** CLOCK_WAS_SET_* and CLOCK_SET_* since the caller last took them. */
  protected clockWasSetDue = 0;

  constructor(kernel: KernelVersion, hz: bigint, rules: Rules, clock: Clocksource) {
    const differences = KERNELS[kernel];
    super(
      clock,
      rules.coarseIsForwardOnly ? differences : { ...differences, coarseIsSeparate: false },
      rules,
    );
    this.shadow = new TkState(clock, this.kernel, rules);
    this.ntp = new Ntp(hz);
    this.hz = hz;
  }

  copyCoreFrom(from: TkCore): void {
    this.copyFrom(from);
    this.shadow.copyFrom(from.shadow);
    this.ntp.copyFrom(from.ntp);
    this.suspended = from.suspended;
    this.suspendTimingNeeded = from.suspendTimingNeeded;
    this.persistentClockExists = from.persistentClockExists;
    this.suspendTime = from.suspendTime;
    this.suspendDelta = from.suspendDelta;
    this.suspendStart = from.suspendStart;
    this.fastHalted = from.fastHalted;
    this.cyclesAtSuspend = from.cyclesAtSuspend;
    this.vdsoSeq = from.vdsoSeq;
    this.clockWasSetDue = from.clockWasSetDue;
  }

  /** clock_was_set(): the hrtimers must look at their offsets again. */
  clockWasSet(bases: number): void {
    this.clockWasSetDue |= bases;
  }

  /**
   * What clock_was_set() is owed since the last call; see CLOCK_WAS_SET_DELAYED and its neighbours.
   */
  takeClockWasSet(): number {
    const due = this.clockWasSetDue;
    this.clockWasSetDue = 0;
    return due;
  }

  /** Makes `tk` ready to be read: the last part of every change. As timekeeping_update(). */
  update(tk: TkState, action: number): void {
    if ((action & TK_CLEAR_NTP) !== 0) {
      tk.ntpError = 0n;
      this.ntp.clear();
    }
    this.updateLeapState(tk);
    tk.updateKtimeData();
    this.vdsoSeq = (this.vdsoSeq + 2) >>> 0;
    tk.tkrMono.baseReal = tk.tkrMono.base + tk.offsReal;
    this.fastHalted = false;
    if ((action & TK_CLOCK_WAS_SET) !== 0) tk.clockWasSetSeq = u32(tk.clockWasSetSeq + 1n);
  }

  /** The copy that a writer other than the tick changes; commit() or abandon() ends its work. */
  get writable(): TkState {
    return this.kernel.writersChangeShadow ? this.shadow : this;
  }

  /**
   * What a writer did is published, and the next tick starts from it. As timekeeping_update() with
   * TK_MIRROR, since 6.13 timekeeping_update_from_shadow().
   */
  commit(action: number): void {
    const tk = this.writable;
    this.update(tk, action);
    if (tk === this) this.shadow.copyFrom(tk);
    else this.copyFrom(tk);
  }

  /**
   * A writer refuses when it has already brought its copy up to the counter. Since 6.13 as
   * timekeeping_restore_shadow(); before, all but the refused change took place.
   */
  abandon(action: number, bases: number): void {
    if (this.kernel.writersChangeShadow) {
      this.shadow.copyFrom(this);
      return;
    }
    this.commit(action);
    this.clockWasSet(bases);
  }

  /**
   * The NTP state changed and nothing else. As tk_update_leap_state(), since 6.13
   * tk_update_leap_state_all().
   */
  refreshLeapState(): void {
    this.updateLeapState(this.writable);
    this.nextLeapKtime = this.writable.nextLeapKtime;
  }

  private updateLeapState(tk: TkState): void {
    const leap = this.ntp.nextLeap();
    tk.nextLeapKtime = leap === KTIME_MAX ? leap : leap - tk.offsReal;
  }
}
