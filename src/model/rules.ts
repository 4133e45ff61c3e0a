import type { Cycles, Ns, ShiftedNs } from '../contract/units.js';
import { u64 } from '../math/u64.js';
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
}

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
};
