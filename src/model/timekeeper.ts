import type { ClockId } from '../contract/clock.js';
import { TickproofBug } from '../contract/errors.js';
import type { KernelVersion } from '../contract/machine.js';
import type { Timex } from '../contract/schedule.js';
import type { Cycles, Ns } from '../contract/units.js';
import { advance, NOTHING_TO_PUBLISH, publish } from './accumulate.js';
import { adjtimex, type TimexResult } from './adjtimex.js';
import { type Clocksource, checkHz } from './clocksource.js';
import { type Crosststamp, crosststamp, type SystemTimeSnapshot, snapshot } from './crosststamp.js';
import {
  type HrtimerOffsets,
  monotonicAt,
  rawAt,
  realtimeAt,
  updateOffsetsNow,
  withOffset,
} from './readers.js';
import type { Rules } from './rules.js';
import { injectOffset, injectSleeptime64, settime } from './settime.js';
import { resume, resumeTold, suspend } from './suspend.js';
import {
  compareTimespec,
  isValidSettod,
  nsToTimespec,
  subtractTimespec,
  TIMESPEC_ZERO,
  type Timespec,
  timespecToNs,
} from './timespec.js';
import { CLOCK_WAS_SET_DELAYED, TK_CLEAR_NTP, TK_CLOCK_WAS_SET, TkCore } from './tk-core.js';
import { VdsoPage } from './vdso-page.js';

export interface TimekeeperOptions {
  readonly kernel: KernelVersion;
  /** Ticks per second. */
  readonly hz: number;
  readonly rules: Rules;
  readonly clocksource: Clocksource;
  /** What the counter shows at boot. */
  readonly counter: Cycles;
  /** The wall clock at boot; {0, 0} where there is none. */
  readonly persistent: Timespec;
  /** How long the guest had been running: MONOTONIC at boot. */
  readonly bootNs: Ns;
}

/**
 * The Linux timekeeping core. The caller passes what the acting vCPU's counter shows.
 *
 * Between sampleTick() and publishTick() the caller holds the kernel's timekeeper_lock: readers
 * go on, no other writer may enter. Fields are published state, under the kernel's names.
 */
export class Timekeeper extends TkCore {
  private readonly options: TimekeeperOptions;
  /** Flags for the update() that a sampled tick still owes, or NOTHING_TO_PUBLISH. */
  private sampledTick = NOTHING_TO_PUBLISH;
  private page: VdsoPage | undefined;

  /**
   * Boots. As timekeeping_init().
   *
   * @throws {UsageError} for a tick rate that Linux is not built with
   */
  constructor(options: TimekeeperOptions) {
    checkHz(options.hz);
    super(options.kernel, BigInt(options.hz), options.rules, options.clocksource);
    this.options = options;
    const wall = isValidSettod(options.persistent) ? options.persistent : TIMESPEC_ZERO;
    this.persistentClockExists = timespecToNs(wall) > 0n;
    const uptime = nsToTimespec(options.bootNs);
    const bootOffset = compareTimespec(wall, uptime) < 0 ? TIMESPEC_ZERO : uptime;
    this.ntp.clear();
    const tk = this.writable;
    tk.setupInternals(options.clocksource, options.counter, this.hz);
    tk.setXtime(wall);
    tk.setWallToMonotonic(subtractTimespec(bootOffset, wall));
    tk.updateCoarse();
    this.commit(TK_CLOCK_WAS_SET);
  }

  monotonic(counter: Cycles): Ns {
    return monotonicAt(this, counter);
  }

  raw(counter: Cycles): Ns {
    return rawAt(this, counter);
  }

  realtime(counter: Cycles): Ns {
    return realtimeAt(this, counter);
  }

  boottime(counter: Cycles): Ns {
    return withOffset(this, this.offsBoot, counter);
  }

  tai(counter: Cycles): Ns {
    return withOffset(this, this.offsTai, counter);
  }

  /** REALTIME at the last update, by and large: see KernelDifferences.coarseIsSeparate. */
  realtimeCoarse(): Ns {
    return timespecToNs(this.xtimeCoarse());
  }

  /** MONOTONIC of the same moment. */
  monotonicCoarse(): Ns {
    return this.realtimeCoarse() - this.offsReal;
  }

  /** A clock as the system call reads it. */
  read(clock: ClockId, counter: Cycles): Ns {
    switch (clock) {
      case 'CLOCK_MONOTONIC':
        return this.monotonic(counter);
      case 'CLOCK_REALTIME':
        return this.realtime(counter);
      case 'CLOCK_BOOTTIME':
        return this.boottime(counter);
      case 'CLOCK_TAI':
        return this.tai(counter);
      case 'CLOCK_MONOTONIC_RAW':
        return this.raw(counter);
      case 'CLOCK_MONOTONIC_COARSE':
        return this.monotonicCoarse();
      case 'CLOCK_REALTIME_COARSE':
        return this.realtimeCoarse();
    }
  }

  /**
   * Samples the counter and publishes at once; true if something was published. As
   * update_wall_time().
   */
  tick(counter: Cycles): boolean {
    if (!this.sampleTick(counter)) return false;
    this.publishTick();
    return true;
  }

  /** The first half of a tick, unseen by readers. False: there is nothing to publish. */
  sampleTick(counter: Cycles): boolean {
    this.lock();
    this.sampledTick = advance(this, 'tick', counter);
    return this.sampledTick !== NOTHING_TO_PUBLISH;
  }

  /** The second half of a tick; does nothing where none was sampled. */
  publishTick(): void {
    const action = this.sampledTick;
    this.sampledTick = NOTHING_TO_PUBLISH;
    if (publish(this, action)) this.clockWasSet(CLOCK_WAS_SET_DELAYED);
  }

  /** clock_settime(CLOCK_REALTIME): 0 or -22. */
  settime(sec: bigint, nsec: bigint, counter: Cycles): number {
    this.lock();
    return settime(this, { sec, nsec }, counter);
  }

  adjtimex(timex: Timex, counter: Cycles): TimexResult {
    this.lock();
    return adjtimex(this, timex, counter);
  }

  /** Steps REALTIME by a timespec with 0 <= nsec < 10^9: 0 or -22. */
  injectOffset(sec: bigint, nsec: bigint, counter: Cycles): number {
    this.lock();
    return injectOffset(this, { sec, nsec }, counter);
  }

  /** The RTC says how long the guest slept. */
  injectSleeptime64(delta: Timespec, counter: Cycles): void {
    this.lock();
    injectSleeptime64(this, delta, counter);
  }

  /** @param persistent the persistent clock now; {0, 0} where there is none */
  suspend(counter: Cycles, persistent: Timespec): void {
    this.lock();
    suspend(this, counter, persistent);
  }

  resume(counter: Cycles, persistent: Timespec): void {
    this.lock();
    resume(this, counter, persistent);
  }

  /** After a sleep that lasted `slept`, as somebody else knows. */
  resumeTold(counter: Cycles, slept: Timespec, clearsNtp = true): void {
    this.lock();
    resumeTold(this, counter, slept, clearsNtp);
  }

  /** Takes up another counter, with the CPUs halted. As change_clocksource(). */
  switchClocksource(clocksource: Clocksource, counterNew: Cycles, counterOld: Cycles): void {
    this.lock();
    // Where the new counter has no clock mode the fine clocks of the page stay what they were.
    if (clocksource.vdsoClockMode === 'none') this.vdsoPage();
    const tk = this.writable;
    tk.forwardNow(counterOld);
    tk.setupInternals(clocksource, counterNew, this.hz);
    this.commit(TK_CLEAR_NTP | TK_CLOCK_WAS_SET);
  }

  snapshot(counter: Cycles): SystemTimeSnapshot {
    return snapshot(this, counter);
  }

  crosststamp(
    cycles: Cycles,
    history: SystemTimeSnapshot | undefined,
    counter: Cycles,
  ): Crosststamp {
    return crosststamp(this, cycles, history, counter);
  }

  updateOffsetsNow(cached: HrtimerOffsets, counter: Cycles): Ns {
    return updateOffsetsNow(this, cached, counter);
  }

  /** The vDSO page as of the last update. Built when asked for: most runs never do. */
  vdsoPage(): VdsoPage {
    this.page ??= new VdsoPage();
    if (this.page.seq !== this.vdsoSeq) this.page.update(this, this.vdsoSeq);
    return this.page;
  }

  /** A deep copy, also of a sampled tick: the state of a VM snapshot. */
  clone(): Timekeeper {
    const copy = new Timekeeper(this.options);
    copy.copyCoreFrom(this);
    copy.sampledTick = this.sampledTick;
    if (this.page !== undefined) {
      copy.page = new VdsoPage();
      copy.page.copyFrom(this.page);
    }
    return copy;
  }

  private lock(): void {
    if (this.sampledTick === NOTHING_TO_PUBLISH) return;
    throw new TickproofBug('a writer entered the timekeeper while a sampled tick was unpublished');
  }
}
