import type { Cycles, Ns } from '../contract/units.js';
import { max, min } from '../math/u64.js';
import { injectSleeptime } from './settime.js';
import { addTimespec, nsToTimespec, subtractTimespec, timespecToNs } from './timespec.js';
import { TK_CLEAR_NTP, TK_CLOCK_WAS_SET, type TkCore } from './tk-core.js';

/**
 * A hypervisor says how long the guest was stopped: REALTIME, TAI and BOOTTIME count it, MONOTONIC does
 * not. As timekeeping_inject_sleeptime64(), of a guest that did not suspend.
 */
export function injectStop(core: TkCore, counter: Cycles, stoppedNs: Ns, clearsNtp: boolean): void {
  const tk = core.writable;
  tk.forwardNow(counter);
  injectSleeptime(core, tk, nsToTimespec(stoppedNs));
  // Timers keep offsets of their own: they must look, whoever else is told.
  core.commit(clearsNtp ? TK_CLEAR_NTP | TK_CLOCK_WAS_SET : TK_CLOCK_WAS_SET);
}

/**
 * The counter went on over a stop: MONOTONIC gives the time back, as far as it has it, and all clocks that
 * count stops keep it.
 */
export function subtractStop(core: TkCore, counter: Cycles, stoppedNs: Ns): void {
  const tk = core.writable;
  tk.forwardNow(counter);
  const shownNs = timespecToNs(addTimespec(tk.xtime(), tk.wallToMonotonic));
  const givenBack = nsToTimespec(min(stoppedNs, max(shownNs, 0n)));
  tk.setWallToMonotonic(subtractTimespec(tk.wallToMonotonic, givenBack));
  tk.addToOffsBoot(nsToTimespec(stoppedNs));
  core.commit(TK_CLOCK_WAS_SET);
}

/** All clocks but RAW move on by `ns`, as if the counter had. */
export function forwardClocks(core: TkCore, counter: Cycles, ns: Ns): void {
  const tk = core.writable;
  tk.forwardNow(counter);
  tk.addToXtime(nsToTimespec(ns));
  core.commit(0);
}

/** The counter is another one, behind the last update: the clocks go on from there. */
export function rebaseCounter(core: TkCore, counter: Cycles): void {
  const tk = core.writable;
  tk.tkrMono.cycleLast = counter;
  tk.tkrRaw.cycleLast = counter;
  core.commit(0);
}

/**
 * The same from an NMI, which can take no lock: what readers see is changed in place, and the copy that
 * the next tick begins with is not.
 */
export function forwardInPlace(core: TkCore, counter: Cycles, ns: Ns): void {
  core.forwardNow(counter);
  core.addToXtime(nsToTimespec(ns));
  core.update(core, 0);
}
