import type { Cycles } from '../contract/units.js';
import { NSEC_PER_SEC } from '../contract/units.js';
import {
  addTimespec,
  compareTimespec,
  isValidSettod,
  isValidStrict,
  subtractTimespec,
  type Timespec,
} from './timespec.js';
import {
  CLOCK_SET_BOOT,
  CLOCK_SET_WALL,
  EINVAL,
  TK_CLEAR_NTP,
  TK_CLOCK_WAS_SET,
  type TkCore,
} from './tk-core.js';
import type { TkState } from './tk-state.js';

const WHOLE_UPDATE = TK_CLEAR_NTP | TK_CLOCK_WAS_SET;

/**
 * Sets REALTIME. As do_settimeofday64().
 *
 * REALTIME may not be set before MONOTONIC's zero; that is refused late, before 6.13 with the NTP
 * state forgotten.
 *
 * @returns 0 or -22
 */
export function settime(core: TkCore, ts: Timespec, counter: Cycles): number {
  if (!isValidSettod(ts)) return -EINVAL;
  const tk = core.writable;
  tk.forwardNow(counter);
  const delta = subtractTimespec(ts, tk.xtime());
  if (compareTimespec(tk.wallToMonotonic, delta) > 0) return refuseLate(core);
  tk.setWallToMonotonic(subtractTimespec(tk.wallToMonotonic, delta));
  tk.setXtime(ts);
  core.commit(WHOLE_UPDATE);
  core.clockWasSet(CLOCK_SET_WALL);
  return 0;
}

function refuseLate(core: TkCore): number {
  core.abandon(WHOLE_UPDATE, CLOCK_SET_WALL);
  return -EINVAL;
}

/**
 * Steps REALTIME by `ts`; 0 <= nsec < 10^9, so 0.3 s back is {-1, 700000000}. As
 * timekeeping_inject_offset().
 *
 * @returns 0 or -22
 */
export function injectOffset(core: TkCore, ts: Timespec, counter: Cycles): number {
  if (ts.nsec < 0n || ts.nsec >= NSEC_PER_SEC) return -EINVAL;
  const tk = core.writable;
  tk.forwardNow(counter);
  if (compareTimespec(tk.wallToMonotonic, ts) > 0) return refuseLate(core);
  if (!isValidSettod(addTimespec(tk.xtime(), ts))) return refuseLate(core);
  tk.addToXtime(ts);
  tk.setWallToMonotonic(subtractTimespec(tk.wallToMonotonic, ts));
  core.commit(WHOLE_UPDATE);
  core.clockWasSet(CLOCK_SET_WALL);
  return 0;
}

/** The RTC says how long the guest slept, after resume(). As timekeeping_inject_sleeptime64(). */
export function injectSleeptime64(core: TkCore, delta: Timespec, counter: Cycles): void {
  core.suspendTimingNeeded = false;
  const tk = core.writable;
  tk.forwardNow(counter);
  injectSleeptime(core, tk, delta);
  core.commit(WHOLE_UPDATE);
  core.clockWasSet(CLOCK_SET_WALL | CLOCK_SET_BOOT);
}

/**
 * Takes a sleep into REALTIME, TAI and BOOTTIME; an invalid one is ignored. As
 * __timekeeping_inject_sleeptime().
 */
export function injectSleeptime(core: TkCore, tk: TkState, delta: Timespec): void {
  if (!isValidStrict(delta)) return;
  const notCounted = subtractTimespec(delta, core.rules.sleepCountedByMonotonic(delta));
  tk.addToXtime(delta);
  tk.setWallToMonotonic(subtractTimespec(tk.wallToMonotonic, notCounted));
  tk.addToOffsBoot(notCounted);
}
