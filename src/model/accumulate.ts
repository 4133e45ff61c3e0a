import type { Cycles } from '../contract/units.js';
import { ilog2, s32, s64, u32, u64 } from '../math/u64.js';
import type { Ntp } from './ntp.js';
import type { Rules } from './rules.js';
import { TK_CLOCK_WAS_SET, type TkCore } from './tk-core.js';
import { clocksourceDelta } from './tk-read-base.js';
import type { TkState } from './tk-state.js';

/** Why the timekeeper advances: a tick came, or adjtimex(2) changed the frequency. */
export type TkAdvance = 'tick' | 'freq';

/** advance() had nothing to publish. */
export const NOTHING_TO_PUBLISH = -1;

/** So many chunks are worth a look whether they can be taken at once. */
const MANY = 4n;

/**
 * Takes the counter's progress into the shadow timekeeper and picks the coming multiplier.
 * The first half of timekeeping_advance(): nobody sees it before update().
 *
 * @returns the flags for update(), or NOTHING_TO_PUBLISH
 */
export function advance(core: TkCore, mode: TkAdvance, counter: Cycles): number {
  if (core.suspended) return NOTHING_TO_PUBLISH;
  const tk = core.shadow;
  let offset = clocksourceDelta(tk.tkrMono.cycleLast, counter, tk.tkrMono.clock);
  const { cycleInterval } = tk;
  if (offset < cycleInterval && mode === 'tick') return NOTHING_TO_PUBLISH;
  const sampled = offset;
  // One tick is by far the common case; the general loop would take the same one chunk.
  let shift = offset < cycleInterval << 1n ? 0 : chunkShift(offset, cycleInterval, core.ntp);
  let action = 0;
  while (offset >= cycleInterval) {
    const chunk = cycleInterval << BigInt(shift);
    if (shift > 0 && offset >= chunk * MANY && core.ntp.isSteady() && !tk.skipSecondOverflow) {
      offset -= accumulateSteadily(tk, core.ntp, core.rules, offset / cycleInterval);
    } else if (offset >= chunk) {
      offset -= chunk;
      action |= logarithmicAccumulation(tk, core.ntp, core.rules, chunk, BigInt(shift));
    }
    if (offset < chunk) shift -= 1;
  }
  timekeepingAdjust(core, tk, offset);
  action |= accumulateNsecsToSecs(tk, core.ntp);
  if (offset !== sampled && core.rules.tickMovesCoarse) tk.updateCoarse();
  return action;
}

/**
 * Makes what advance() computed the published timekeeper.
 *
 * @returns whether a leap second set the clock
 */
export function publish(core: TkCore, action: number): boolean {
  if (action === NOTHING_TO_PUBLISH) return false;
  core.update(core.shadow, action);
  core.copyFrom(core.shadow);
  return (action & TK_CLOCK_WAS_SET) !== 0;
}

/** How many ticks, as a power of two, to take at once: no more than 64 bits of ntp_error hold. */
function chunkShift(offset: Cycles, cycleInterval: Cycles, ntp: Ntp): number {
  const shift = Math.max(0, ilog2(offset) - ilog2(cycleInterval));
  const maxShift = 64 - (ilog2(ntp.tickLength) + 1) - 1;
  return Math.min(shift, maxShift);
}

/** Adds 2^shift ticks to MONOTONIC, RAW and ntp_error. As logarithmic_accumulation(). */
function logarithmicAccumulation(
  tk: TkState,
  ntp: Ntp,
  rules: Rules,
  chunk: Cycles,
  shift: bigint,
): number {
  advanceCycleLast(tk, chunk);
  tk.tkrMono.xtimeNsec = u64(tk.tkrMono.xtimeNsec + (tk.xtimeInterval << shift));
  const action = accumulateNsecsToSecs(tk, ntp);
  const ticks = 1n << shift;
  accumulateRaw(tk, rules, ticks);
  accumulateError(tk, ticks);
  return action;
}

/**
 * Adds `ticks` ticks at once where NTP has nothing to do in any second of them: the same sums as
 * chunk by chunk, and a pause of years costs no more than one of seconds.
 *
 * @returns their cycles
 */
function accumulateSteadily(tk: TkState, ntp: Ntp, rules: Rules, ticks: bigint): Cycles {
  const { tkrMono } = tk;
  const second = tkrMono.clock.nsecPerSecShifted;
  const cycles = ticks * tk.cycleInterval;
  advanceCycleLast(tk, cycles);
  const xtimeNsec = tkrMono.xtimeNsec + ticks * tk.xtimeInterval;
  const secs = xtimeNsec / second;
  tkrMono.xtimeNsec = xtimeNsec - secs * second;
  tk.xtimeSec = u64(tk.xtimeSec + secs);
  ntp.passSteadySeconds(secs);
  accumulateRaw(tk, rules, ticks);
  accumulateError(tk, ticks);
  return cycles;
}

/**
 * Not masked: the cycleLast of a narrow counter grows past its width, and every delta is masked.
 */
function advanceCycleLast({ tkrMono, tkrRaw }: TkState, cycles: Cycles): void {
  tkrMono.cycleLast = u64(tkrMono.cycleLast + cycles);
  tkrRaw.cycleLast = u64(tkrRaw.cycleLast + cycles);
}

function accumulateError(tk: TkState, ticks: bigint): void {
  const perTick = tk.ntpTick - ((tk.xtimeInterval + tk.xtimeRemainder) << tk.ntpErrorShift);
  tk.ntpError = s64(tk.ntpError + perTick * ticks);
}

function accumulateRaw(tk: TkState, rules: Rules, ticks: bigint): void {
  const { tkrRaw } = tk;
  const second = tkrRaw.clock.nsecPerSecShifted;
  const xtimeNsec = rules.accumulateRaw(tkrRaw.xtimeNsec, tk.rawInterval * ticks, tkrRaw.shift);
  const secs = xtimeNsec < second ? 0n : xtimeNsec / second;
  tkrRaw.xtimeNsec = xtimeNsec - secs * second;
  tk.rawSec += secs;
}

/**
 * Moves whole seconds out of xtimeNsec; each meets NTP and a leap second. As
 * accumulate_nsecs_to_secs().
 */
function accumulateNsecsToSecs(tk: TkState, ntp: Ntp): number {
  const { tkrMono } = tk;
  const second = tkrMono.clock.nsecPerSecShifted;
  let action = 0;
  while (tkrMono.xtimeNsec >= second) {
    tkrMono.xtimeNsec -= second;
    tk.xtimeSec = u64(tk.xtimeSec + 1n);
    if (tk.skipSecondOverflow) {
      tk.skipSecondOverflow = false;
      continue;
    }
    const leap = ntp.secondOverflow(s64(tk.xtimeSec));
    if (leap !== 0n) {
      tk.leap(leap);
      ntp.leapDue += leap;
      if (tk.rules.leapSetsClock) action = TK_CLOCK_WAS_SET;
    }
  }
  return action;
}

/** Picks the multiplier by which MONOTONIC follows NTP from here. As timekeeping_adjust(). */
function timekeepingAdjust(core: TkCore, tk: TkState, offset: Cycles): void {
  const { tkrMono } = tk;
  const { tickLength } = core.ntp;
  let mult = tkrMono.mult - tk.ntpErrMult;
  if (tk.ntpTick !== tickLength) {
    tk.ntpTick = tickLength;
    mult = u32(u64((tickLength >> tk.ntpErrorShift) - tk.xtimeRemainder) / tk.cycleInterval);
  }
  tk.ntpErrMult =
    tk.ntpError > 0n ? tk.rules.errMult(tk.ntpError, tk.cycleInterval << tk.ntpErrorShift) : 0n;
  mult += tk.ntpErrMult;
  if (mult === tkrMono.mult) return;
  applyAdjustment(tk, offset, s32(mult - tkrMono.mult), core.kernel.adjustmentEntersNtpError);
  if (tkrMono.xtimeNsec < 0n) {
    tkrMono.xtimeNsec += tkrMono.clock.nsecPerSecShifted;
    tk.xtimeSec = u64(tk.xtimeSec - 1n);
    tk.skipSecondOverflow = true;
  }
}

/**
 * Changes mult by `adj` so that MONOTONIC stays what it is `offset` cycles past cycleLast: the
 * new rate is back-dated to the last tick. As timekeeping_apply_adjustment().
 */
function applyAdjustment(tk: TkState, offset: Cycles, adj: bigint, entersNtpError: boolean): void {
  const { tkrMono } = tk;
  const mult = tkrMono.mult + adj;
  if (u32(mult) !== mult && adj > 0n) return;
  tkrMono.mult = u32(mult);
  tk.xtimeInterval = u64(tk.xtimeInterval + tk.cycleInterval * adj);
  tkrMono.xtimeNsec = s64(tkrMono.xtimeNsec - offset * adj);
  if (entersNtpError) tk.ntpError = s64(tk.ntpError + ((offset * adj) << tk.ntpErrorShift));
}
