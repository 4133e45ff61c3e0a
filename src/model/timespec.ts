import { NSEC_PER_SEC, type Ns } from '../contract/units.js';

/** Seconds and nanoseconds. Normalised: 0 <= nsec < 10^9, and sec carries the sign. */
export interface Timespec {
  readonly sec: bigint;
  readonly nsec: bigint;
}

export const TIMESPEC_ZERO: Timespec = { sec: 0n, nsec: 0n };

/** Seconds that still fit a ktime_t of signed 64-bit nanoseconds. */
export const KTIME_SEC_MAX = 9_223_372_036n;

/** Thirty years of uptime must fit on top of every time that may be set. */
const TIME_SETTOD_SEC_MAX = KTIME_SEC_MAX - 30n * 365n * 86_400n;

/**
 * The normalised timespec of `sec` and any number of nanoseconds. As set_normalized_timespec64().
 */
export function normalizedTimespec(sec: bigint, nsec: bigint): Timespec {
  let carry = nsec / NSEC_PER_SEC;
  if (nsec < carry * NSEC_PER_SEC) carry -= 1n;
  return { sec: sec + carry, nsec: nsec - carry * NSEC_PER_SEC };
}

export function addTimespec(a: Timespec, b: Timespec): Timespec {
  return normalizedTimespec(a.sec + b.sec, a.nsec + b.nsec);
}

export function subtractTimespec(a: Timespec, b: Timespec): Timespec {
  return normalizedTimespec(a.sec - b.sec, a.nsec - b.nsec);
}

/** Below 0, 0 or above 0, as `a` is before, at or after `b`. Both are normalised. */
export function compareTimespec(a: Timespec, b: Timespec): number {
  if (a.sec !== b.sec) return a.sec < b.sec ? -1 : 1;
  if (a.nsec === b.nsec) return 0;
  return a.nsec < b.nsec ? -1 : 1;
}

/** The difference of two times in ns, not wrapped. */
export function timespecToNs(ts: Timespec): Ns {
  return ts.sec * NSEC_PER_SEC + ts.nsec;
}

export function nsToTimespec(ns: Ns): Timespec {
  return normalizedTimespec(0n, ns);
}

/** Normalised, not negative, and within ktime_t. As timespec64_valid_strict(). */
export function isValidStrict(ts: Timespec): boolean {
  return ts.sec >= 0n && ts.nsec >= 0n && ts.nsec < NSEC_PER_SEC && ts.sec < KTIME_SEC_MAX;
}

/** What settimeofday(2) and the persistent clock may give. As timespec64_valid_settod(). */
export function isValidSettod(ts: Timespec): boolean {
  return isValidStrict(ts) && ts.sec < TIME_SETTOD_SEC_MAX;
}
