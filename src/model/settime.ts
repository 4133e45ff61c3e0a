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
  TK_MIRROR,
  type TkCore,
} from './tk-core.js';

const WHOLE_UPDATE = TK_CLEAR_NTP | TK_MIRROR | TK_CLOCK_WAS_SET;

/**
 * Sets REALTIME. As do_settimeofday64().
 *
 * REALTIME may not be set before MONOTONIC's zero; the kernel refuses that late, after it forgot
 * the NTP state.
 *
 * @returns 0 or -22
 */
export function settime(core: TkCore, ts: Timespec, counter: Cycles): number {
  if (!isValidSettod(ts)) return -EINVAL;
  core.forwardNow(counter);
  const delta = subtractTimespec(ts, core.xtime());
  const refused = compareTimespec(core.wallToMonotonic, delta) > 0;
  if (!refused) {
    core.setWallToMonotonic(subtractTimespec(core.wallToMonotonic, delta));
    core.setXtime(ts);
  }
  core.update(core, WHOLE_UPDATE);
  core.clockWasSet(CLOCK_SET_WALL);
  return refused ? -EINVAL : 0;
}

/**
 * Steps REALTIME by `ts`; 0 <= nsec < 10^9, so 0.3 s back is {-1, 700000000}. As
 * timekeeping_inject_offset().
 *
 * @returns 0 or -22
 */
export function injectOffset(core: TkCore, ts: Timespec, counter: Cycles): number {
  if (ts.nsec < 0n || ts.nsec >= NSEC_PER_SEC) return -EINVAL;
  core.forwardNow(counter);
  const refused =
    compareTimespec(core.wallToMonotonic, ts) > 0 || !isValidSettod(addTimespec(core.xtime(), ts));
  if (!refused) {
    core.addToXtime(ts);
    core.setWallToMonotonic(subtractTimespec(core.wallToMonotonic, ts));
  }
  core.update(core, WHOLE_UPDATE);
  core.clockWasSet(CLOCK_SET_WALL);
  return refused ? -EINVAL : 0;
}

/** The RTC says how long the guest slept, after resume(). As timekeeping_inject_sleeptime64(). */
export function injectSleeptime64(core: TkCore, delta: Timespec, counter: Cycles): void {
  core.suspendTimingNeeded = false;
  core.forwardNow(counter);
  injectSleeptime(core, delta);
  core.update(core, WHOLE_UPDATE);
  core.clockWasSet(CLOCK_SET_WALL | CLOCK_SET_BOOT);
}

/**
 * Takes a sleep into REALTIME, TAI and BOOTTIME; an invalid one is ignored. As
 * __timekeeping_inject_sleeptime().
 */
export function injectSleeptime(core: TkCore, delta: Timespec): void {
  if (!isValidStrict(delta)) return;
  const notCounted = subtractTimespec(delta, core.rules.sleepCountedByMonotonic(delta));
  core.addToXtime(delta);
  core.setWallToMonotonic(subtractTimespec(core.wallToMonotonic, notCounted));
  core.addToOffsBoot(notCounted);
}
