import type { Cycles, Ns } from '../contract/units.js';
import { bitLength, s64, u64 } from '../math/u64.js';
import { rawAt, realtimeAt } from './readers.js';
import { EINVAL, type TkCore } from './tk-core.js';

const EOVERFLOW = 75;

/** REALTIME and RAW of one counter sample: struct system_time_snapshot. */
export interface SystemTimeSnapshot {
  readonly cycles: Cycles;
  readonly real: Ns;
  readonly raw: Ns;
  readonly clockWasSetSeq: bigint;
  readonly csWasChangedSeq: bigint;
}

/** `ret` is 0, -22 or -75; otherwise `real` and `raw` are 0. */
export interface Crosststamp {
  readonly ret: number;
  readonly real: Ns;
  readonly raw: Ns;
}

/** As ktime_get_snapshot(). */
export function snapshot(core: TkCore, counter: Cycles): SystemTimeSnapshot {
  return {
    cycles: counter,
    real: realtimeAt(core, counter),
    raw: rawAt(core, counter),
    clockWasSetSeq: core.clockWasSetSeq,
    csWasChangedSeq: core.csWasChangedSeq,
  };
}

/**
 * The system's time at the counter value `cycles` that a device captured a moment ago. As
 * get_device_system_crosststamp().
 *
 * A value before the last update is interpolated between `history` and that update.
 *
 * @param counter what the counter shows now
 */
export function crosststamp(
  core: TkCore,
  cycles: Cycles,
  history: SystemTimeSnapshot | undefined,
  counter: Cycles,
): Crosststamp {
  const start = core.tkrMono.cycleLast;
  const { isInInterval } = core.rules;
  if (isInInterval(start, counter, cycles)) {
    return { ret: 0, real: realtimeAt(core, cycles), raw: rawAt(core, cycles) };
  }
  if (
    history === undefined ||
    !isInInterval(history.cycles, start, cycles) ||
    history.csWasChangedSeq !== core.csWasChangedSeq
  ) {
    return failed(EINVAL);
  }
  return interpolate(core, history, start, cycles);
}

/** As adjust_historical_crosststamp(). */
function interpolate(
  core: TkCore,
  history: SystemTimeSnapshot,
  start: Cycles,
  cycles: Cycles,
): Crosststamp {
  const real = realtimeAt(core, start);
  const raw = rawAt(core, start);
  const total = u64(start - history.cycles);
  const toDevice = u64(start - cycles);
  if (total === 0n || toDevice === 0n) return { ret: 0, real, raw };
  const fromHistory = toDevice > total / 2n;
  const partial = fromHistory ? total - toDevice : toDevice;
  const rawCorrection = scale(u64(raw - history.raw), partial, total);
  if (rawCorrection === undefined) return failed(EOVERFLOW);
  const realCorrection =
    history.clockWasSetSeq === core.clockWasSetSeq
      ? scale(u64(real - history.real), partial, total)
      : u64((rawCorrection * core.tkrMono.mult) / core.tkrRaw.mult);
  if (realCorrection === undefined) return failed(EOVERFLOW);
  if (!fromHistory) {
    return { ret: 0, real: s64(real - realCorrection), raw: s64(raw - rawCorrection) };
  }
  return {
    ret: 0,
    real: s64(history.real + realCorrection),
    raw: s64(history.raw + rawCorrection),
  };
}

function failed(errno: number): Crosststamp {
  return { ret: -errno, real: 0n, raw: 0n };
}

/**
 * value * partial / total in 64 bits, or undefined where that overflows. As
 * scale64_check_overflow().
 */
function scale(value: bigint, partial: bigint, total: bigint): bigint | undefined {
  const quotient = value / total;
  const rest = value % total;
  const room = 64 - bitLength(partial);
  if (room < bitLength(quotient) || room < bitLength(rest)) return undefined;
  return u64(quotient * partial + (rest * partial) / total);
}
