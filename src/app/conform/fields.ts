import type { Timekeeper } from '../../model/timekeeper.js';
import type { TkReadBase } from '../../model/tk-read-base.js';
import type { TkState } from '../../model/tk-state.js';
import type { VdsoPage, VdsoTimestamp } from '../../model/vdso-page.js';

/** How a field of the recordings is read off the model. */
export type Fields<From> = readonly (readonly [name: string, read: (from: From) => bigint])[];

/** One timekeeper, the published one or the shadow. */
export const TK_FIELDS: Fields<TkState> = [
  ...readBase('mono', (tk) => tk.tkrMono),
  ['mono.base_real', (tk) => tk.tkrMono.baseReal],
  ...readBase('raw', (tk) => tk.tkrRaw),
  ['xtime_sec', (tk) => tk.xtimeSec],
  ['ktime_sec', (tk) => tk.ktimeSec],
  ['wtm.sec', (tk) => tk.wallToMonotonic.sec],
  ['wtm.nsec', (tk) => tk.wallToMonotonic.nsec],
  ['offs_real', (tk) => tk.offsReal],
  ['offs_boot', (tk) => tk.offsBoot],
  ['offs_tai', (tk) => tk.offsTai],
  ['tai_offset', (tk) => tk.taiOffset],
  ['clock_was_set_seq', (tk) => tk.clockWasSetSeq],
  ['cs_was_changed_seq', (tk) => tk.csWasChangedSeq],
  ['next_leap_ktime', (tk) => tk.nextLeapKtime],
  ['raw_sec', (tk) => tk.rawSec],
  ['m2b.sec', (tk) => tk.monotonicToBoot.sec],
  ['m2b.nsec', (tk) => tk.monotonicToBoot.nsec],
  ['cycle_interval', (tk) => tk.cycleInterval],
  ['xtime_interval', (tk) => tk.xtimeInterval],
  ['xtime_remainder', (tk) => tk.xtimeRemainder],
  ['raw_interval', (tk) => tk.rawInterval],
  ['ntp_tick', (tk) => tk.ntpTick],
  ['ntp_error', (tk) => tk.ntpError],
  ['ntp_error_shift', (tk) => tk.ntpErrorShift],
  ['ntp_err_mult', (tk) => tk.ntpErrMult],
  ['skip_second_overflow', (tk) => flag(tk.skipSecondOverflow)],
];

/** All state that follows every command. */
export const STATE_FIELDS: Fields<Timekeeper> = [
  ...TK_FIELDS,
  ['ntp.tick_usec', (tk) => tk.ntp.tickUsec],
  ['ntp.tick_nsec', (tk) => tk.ntp.tickNsec],
  ['ntp.tick_length', (tk) => tk.ntp.tickLength],
  ['ntp.tick_length_base', (tk) => tk.ntp.tickLengthBase],
  ['ntp.time_state', (tk) => BigInt(tk.ntp.timeState)],
  ['ntp.time_status', (tk) => BigInt(tk.ntp.timeStatus)],
  ['ntp.time_offset', (tk) => tk.ntp.timeOffset],
  ['ntp.time_constant', (tk) => tk.ntp.timeConstant],
  ['ntp.time_maxerror', (tk) => tk.ntp.timeMaxerror],
  ['ntp.time_esterror', (tk) => tk.ntp.timeEsterror],
  ['ntp.time_freq', (tk) => tk.ntp.timeFreq],
  ['ntp.time_reftime', (tk) => tk.ntp.timeReftime],
  ['ntp.time_adjust', (tk) => tk.ntp.timeAdjust],
  ['ntp.ntp_tick_adj', (tk) => tk.ntp.ntpTickAdj],
  ['ntp.next_leap_sec', (tk) => tk.ntp.ntpNextLeapSec],
  ['suspended', (tk) => flag(tk.suspended)],
  ['suspend_timing_needed', (tk) => flag(tk.suspendTimingNeeded)],
  ['persistent_clock_exists', (tk) => flag(tk.persistentClockExists)],
  ['suspend_time.sec', (tk) => tk.suspendTime.sec],
  ['suspend_time.nsec', (tk) => tk.suspendTime.nsec],
];

/** The vDSO page. */
export const PAGE_FIELDS: Fields<VdsoPage> = [
  ['v.seq', (page) => BigInt(page.seq)],
  ['v.seq_raw', (page) => BigInt(page.seq)],
  ['v.mode', (page) => flag(page.clockMode !== 'none')],
  ['v.cycle_last', (page) => page.cycleLast],
  ['v.max_cycles', (page) => page.maxCycles],
  ['v.mult', (page) => page.mult],
  ['v.shift', (page) => page.shift],
  ['v.raw_cycle_last', (page) => page.rawCycleLast],
  ['v.raw_mult', (page) => page.rawMult],
  ...timestamp('v.real', ({ basetime }) => basetime.CLOCK_REALTIME),
  ...timestamp('v.mono', ({ basetime }) => basetime.CLOCK_MONOTONIC),
  ...timestamp('v.boot', ({ basetime }) => basetime.CLOCK_BOOTTIME),
  ...timestamp('v.tai', ({ basetime }) => basetime.CLOCK_TAI),
  ...timestamp('v.realc', ({ basetime }) => basetime.CLOCK_REALTIME_COARSE),
  ...timestamp('v.monoc', ({ basetime }) => basetime.CLOCK_MONOTONIC_COARSE),
  ...timestamp('v.rawclk', ({ basetime }) => basetime.CLOCK_MONOTONIC_RAW),
];

function readBase(name: string, tkr: (tk: TkState) => TkReadBase): Fields<TkState> {
  return [
    [`${name}.mask`, (tk) => tkr(tk).mask],
    [`${name}.cycle_last`, (tk) => tkr(tk).cycleLast],
    [`${name}.mult`, (tk) => tkr(tk).mult],
    [`${name}.shift`, (tk) => tkr(tk).shift],
    [`${name}.xtime_nsec`, (tk) => tkr(tk).xtimeNsec],
    [`${name}.base`, (tk) => tkr(tk).base],
  ];
}

function timestamp(name: string, of: (page: VdsoPage) => VdsoTimestamp): Fields<VdsoPage> {
  return [
    [`${name}.sec`, (page) => of(page).sec],
    [`${name}.nsec`, (page) => of(page).nsec],
  ];
}

function flag(is: boolean): bigint {
  return is ? 1n : 0n;
}
