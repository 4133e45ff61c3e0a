import type { Cycles, Ns, ShiftedNs } from '../contract/units.js';
import { s64 } from '../math/u64.js';
import type { Clocksource } from './clocksource.js';
import type { Rules } from './rules.js';

/** What a lockless reader needs of one clock: struct tk_read_base. */
export class TkReadBase {
  clock: Clocksource;
  /** All ones up to the counter's width. */
  mask: Cycles;
  /** Counter at the last update, modulo 2^64: of a narrow counter it grows past the mask. */
  cycleLast: Cycles = 0n;
  /** ns = (cycles * mult) >> shift; in [0, 2^32). MONOTONIC's is adjusted by NTP, RAW's never. */
  mult: bigint;
  shift: bigint;
  /** Time since `base`, below one second except in the middle of an update. */
  xtimeNsec: ShiftedNs = 0n;
  /** The clock's whole seconds, plus for MONOTONIC the ns of wall_to_monotonic. */
  base: Ns = 0n;
  /** REALTIME at `base`; of MONOTONIC's read base only. */
  baseReal: Ns = 0n;

  constructor(clock: Clocksource) {
    this.clock = clock;
    this.mask = clock.mask;
    this.mult = clock.mult;
    this.shift = clock.shift;
  }

  copyFrom(from: TkReadBase): void {
    this.clock = from.clock;
    this.mask = from.mask;
    this.cycleLast = from.cycleLast;
    this.mult = from.mult;
    this.shift = from.shift;
    this.xtimeNsec = from.xtimeNsec;
    this.base = from.base;
    this.baseReal = from.baseReal;
  }
}

/** Nanoseconds since `tkr.base` when the counter shows `counter`. As timekeeping_cycles_to_ns(). */
export function cyclesToNs(rules: Rules, tkr: TkReadBase, counter: Cycles): Ns {
  const delta = (counter - tkr.cycleLast) & tkr.mask;
  if (delta > tkr.clock.maxCycles && rules.isBehind(delta, tkr.mask)) {
    return tkr.xtimeNsec >> tkr.shift;
  }
  return rules.scaleDelta(delta, tkr);
}

/**
 * Cycles from `last` to `now` for an update; 0 where the counter ran backward. As
 * clocksource_delta().
 */
export function clocksourceDelta(last: Cycles, now: Cycles, clock: Clocksource): Cycles {
  const delta = (now - last) & clock.mask;
  return delta > clock.maxRawDelta ? 0n : delta;
}

const KTIME_MAX = (1n << 63n) - 1n;

/** A sum of a base and ns as a ktime_t: wrapped to 64 signed bits. */
export function ktime(ns: Ns): Ns {
  return ns > KTIME_MAX ? s64(ns) : ns;
}
