import type { Cycles, Ns } from '../contract/units.js';
import { abs, u64 } from '../math/u64.js';
import { injectSleeptime } from './settime.js';
import {
  addTimespec,
  compareTimespec,
  nsToTimespec,
  subtractTimespec,
  type Timespec,
} from './timespec.js';
import { TK_CLEAR_NTP, TK_CLOCK_WAS_SET, type TkCore } from './tk-core.js';
import { clocksourceDelta } from './tk-read-base.js';
import type { TkState } from './tk-state.js';

/**
 * Stops the clocks. As timekeeping_suspend().
 *
 * @param persistent the persistent clock now; {0, 0} where there is none
 */
export function suspend(core: TkCore, counter: Cycles, persistent: Timespec): void {
  core.suspendTime = persistent;
  if (persistent.sec !== 0n || persistent.nsec !== 0n) core.persistentClockExists = true;
  core.suspendTimingNeeded = true;
  const tk = core.writable;
  if (core.rules.forwardBeforeSuspend) tk.forwardNow(counter);
  core.suspended = true;
  core.suspendStart = tk.tkrMono.cycleLast;
  if (core.persistentClockExists) compensateDrift(core, tk);
  core.commit(0);
  core.fastHalted = true;
  core.cyclesAtSuspend = counter;
}

/**
 * A persistent clock of whole seconds would lose or win up to a second a sleep; where REALTIME
 * and it parted by less than 2 s since an earlier suspend, the difference counts as rounding.
 */
function compensateDrift(core: TkCore, tk: TkState): void {
  const delta = subtractTimespec(tk.xtime(), core.suspendTime);
  const drift = subtractTimespec(delta, core.suspendDelta);
  if (abs(drift.sec) >= 2n) core.suspendDelta = delta;
  else core.suspendTime = addTimespec(core.suspendTime, drift);
}

/**
 * Starts the clocks again where they stopped, and takes the sleep into REALTIME and BOOTTIME if
 * the counter or the persistent clock tells it. As timekeeping_resume().
 */
export function resume(core: TkCore, counter: Cycles, persistent: Timespec): void {
  const sleptNs = core.tkrMono.clock.nonstop ? sleptByCounter(core, counter) : 0n;
  if (sleptNs > 0n) {
    core.suspendTimingNeeded = false;
    injectSleeptime(core, core.writable, nsToTimespec(sleptNs));
  } else if (compareTimespec(persistent, core.suspendTime) > 0) {
    core.suspendTimingNeeded = false;
    injectSleeptime(core, core.writable, subtractTimespec(persistent, core.suspendTime));
  }
  restart(core, counter, TK_CLOCK_WAS_SET);
}

/**
 * Starts the clocks again after a sleep whose length the guest was told. No kernel of 6.12 does so:
 * it is resume with one source for the length, and with NTP cleared as inject_sleeptime64() does, or not.
 */
export function resumeTold(
  core: TkCore,
  counter: Cycles,
  slept: Timespec,
  clearsNtp: boolean,
): void {
  core.suspendTimingNeeded = false;
  injectSleeptime(core, core.writable, slept);
  restart(core, counter, clearsNtp ? TK_CLEAR_NTP | TK_CLOCK_WAS_SET : TK_CLOCK_WAS_SET);
}

function restart(core: TkCore, counter: Cycles, action: number): void {
  const tk = core.writable;
  tk.tkrMono.cycleLast = counter;
  if (core.rules.resumeMovesRaw) tk.tkrRaw.cycleLast = counter;
  tk.ntpError = 0n;
  core.suspended = false;
  core.commit(action);
}

/** The sleep at the counter's nominal rate. As clocksource_stop_suspend_timing(). */
function sleptByCounter(core: TkCore, counter: Cycles): Ns {
  const start = core.suspendStart;
  if (counter <= start) return 0n;
  const { clock } = core.tkrMono;
  const delta = clocksourceDelta(start, counter, clock);
  return u64((delta * clock.mult) >> clock.shift);
}
