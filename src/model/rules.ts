import type { TimerClockId } from '../contract/clock.js';
import type { DeadlineTimer, RawTimers } from '../contract/machine.js';
import { type Cycles, NSEC_PER_SEC, type Ns, type ShiftedNs } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import { type TimensOffsets, timensToHost } from './timens.js';
import { TIMESPEC_ZERO, type Timespec } from './timespec.js';
import type { TkReadBase } from './tk-read-base.js';

/**
 * The decisions that kernels once got wrong, each one entry. A fault replaces an entry; the core
 * reaches them through this table and has no other switch.
 */
export interface Rules {
  /**
   * Whether a delta past max_cycles shows a counter behind cycle_last rather than a long gap:
   * then a reader shows no progress. `delta` is in [0, mask].
   */
  isBehind(delta: Cycles, mask: Cycles): boolean;
  /** Nanoseconds at `delta` cycles past cycleLast, counted from the read base. */
  scaleDelta(delta: Cycles, tkr: TkReadBase): Ns;
  /** MONOTONIC_RAW's xtimeNsec after a tick added `interval`. */
  accumulateRaw(xtimeNsec: ShiftedNs, interval: ShiftedNs, shift: bigint): ShiftedNs;
  /** Whether suspend accounts for the cycles since the last tick before it stops the clocks. */
  readonly forwardBeforeSuspend: boolean;
  /** The part of an injected sleep by which MONOTONIC moves; the rest moves BOOTTIME alone. */
  sleepCountedByMonotonic(sleep: Timespec): Timespec;
  /**
   * Whether a reader samples the counter before it loads the sequence: the sample is then
   * unguarded.
   */
  readonly readerSamplesCounterFirst: boolean;
  /**
   * What mult has on top of its base to work off `ntpError` (ns << 32, above 0), given that one tick
   * is `tick` in that unit for each unit of mult.
   */
  errMult(ntpError: bigint, tick: bigint): bigint;
  /** TAI minus MONOTONIC, from REALTIME minus MONOTONIC in ns and TAI minus UTC in s. */
  offsTai(offsReal: Ns, taiOffset: bigint): Ns;
  /** Whether a leap second counts as a set of the clock: then everybody who kept an offset is told. */
  readonly leapSetsClock: boolean;
  /** Whether resume takes the read base of MONOTONIC_RAW to now, as it does that of MONOTONIC. */
  readonly resumeMovesRaw: boolean;
  /** Whether a tick takes a coarse clock that has a value of its own along. */
  readonly tickMovesCoarse: boolean;
  /** Whether such a value never goes back; else it is xtime, as before 6.15. */
  readonly coarseIsForwardOnly: boolean;
  /** Whether the vDSO of x86 takes a delta past max_cycles for a counter behind cycle_last. */
  vdsoIsBehind(delta: Cycles): boolean;
  /** Whether the counter passed `cycles` on its way from `start` to `end`, both included. */
  isInInterval(start: Cycles, end: Cycles, cycles: Cycles): boolean;
  /** The expiry outside of an absolute timer that a task in a time namespace armed. */
  timensToHost(clock: TimerClockId, expiresNs: Ns, offsets: TimensOffsets): Ns;
  /** How RAW timers are kept, where the machine says `spec`. */
  rawTimers(spec: RawTimers): RawTimers;
  /** Whether timer bases see a leap second that is due before the tick carries it out. */
  readonly timersForeseeLeap: boolean;
  /** Whether a step of REALTIME by adjtimex(2) makes the timers look at their clocks again. */
  readonly setoffsetTellsTimers: boolean;
  /** Whether the device goes on after an interrupt that found nothing expired. */
  readonly earlyInterruptIsReprogrammed: boolean;
  /** What the comparator of a timer device makes of a delta in its ticks. */
  deviceTicks(ticks: bigint): bigint;
  /** What a host does whose timer was through before the guest's deadline, where the machine says `early`. */
  earlyDeadline(early: DeadlineTimer['early']): DeadlineTimer['early'] | 'forget';
  /** By how many of the periods that have passed a timer is forwarded at once. */
  periodsForwarded(passed: bigint): bigint;
  /** How many of those its owner is told of. */
  periodsReported(passed: bigint): bigint;
}

/** Set in a delta that is negative once bit 63 is gone. */
const BEHIND = 1n << 62n;

const U64_LIMIT = 1n << 64n;

/** What Linux 6.12 does. */
export const KERNEL_RULES: Rules = {
  isBehind: (delta, mask) => delta > mask >> 1n,
  scaleDelta: (delta, tkr) => {
    const scaled = delta * tkr.mult + tkr.xtimeNsec;
    if (scaled < U64_LIMIT) return scaled >> tkr.shift;
    // Only a delta past max_cycles takes the 128-bit path; below it a multiplier that NTP drove
    // beyond maxadj does overflow, and the kernel lets it.
    if (delta > tkr.clock.maxCycles) return u64(scaled >> tkr.shift);
    return u64(scaled) >> tkr.shift;
  },
  accumulateRaw: (xtimeNsec, interval) => xtimeNsec + interval,
  forwardBeforeSuspend: true,
  sleepCountedByMonotonic: () => TIMESPEC_ZERO,
  readerSamplesCounterFirst: false,
  errMult: () => 1n,
  offsTai: (offsReal, taiOffset) => offsReal + taiOffset * NSEC_PER_SEC,
  leapSetsClock: true,
  resumeMovesRaw: true,
  tickMovesCoarse: true,
  coarseIsForwardOnly: true,
  vdsoIsBehind: (delta) => (delta & BEHIND) !== 0n,
  isInInterval: (start, end, cycles) =>
    start <= end ? start <= cycles && cycles <= end : cycles >= start || cycles <= end,
  timensToHost,
  rawTimers: (spec) => spec,
  timersForeseeLeap: true,
  setoffsetTellsTimers: true,
  earlyInterruptIsReprogrammed: true,
  deviceTicks: (ticks) => ticks,
  earlyDeadline: (early) => early,
  periodsForwarded: (passed) => passed,
  periodsReported: (passed) => passed,
};
