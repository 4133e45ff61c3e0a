import type { Timex } from '../contract/schedule.js';
import {
  ADJ_ADJTIME,
  ADJ_FREQUENCY,
  ADJ_NANO,
  ADJ_OFFSET,
  ADJ_SETOFFSET,
  ADJ_TICK,
  STA_DEL,
  STA_INS,
  STA_NANO,
  STA_UNSYNC,
} from '../contract/timex.js';
import type { Cycles, Ns } from '../contract/units.js';
import { s64, symmetricShiftRight } from '../math/u64.js';
import { advance, publish } from './accumulate.js';
import {
  ADJ_OFFSET_READONLY,
  MAXFREQ_SCALED,
  NTP_SCALE_SHIFT,
  type Ntp,
  PPM_SCALE,
  STA_CLOCKERR,
  TIME_DEL,
  TIME_ERROR,
  TIME_INS,
  TIME_OOP,
  TIME_WAIT,
} from './ntp.js';
import { processAdjtimexModes } from './ntp-modes.js';
import { realtimeAt } from './readers.js';
import { injectOffset } from './settime.js';
import { nsToTimespec } from './timespec.js';
import { CLOCK_SET_WALL, EINVAL, TK_CLOCK_WAS_SET, type TkCore } from './tk-core.js';

/** What adjtimex(2) gave back, in the kernel's units: the fields of struct timex that it writes. */
export interface TimexResult {
  /**
   * TIME_OK to TIME_ERROR, or a negative errno; then nothing was changed and the rest is what is in
   * force.
   */
  readonly ret: number;
  /**
   * Phase still to correct, ns or µs as the status says; of ADJ_ADJTIME the rest of the old slew,
   * µs.
   */
  readonly offset: bigint;
  /** Scaled ppm: 65536 is 1 ppm. */
  readonly freq: bigint;
  /** µs. */
  readonly maxerror: bigint;
  readonly esterror: bigint;
  readonly status: number;
  readonly constant: bigint;
  /** Always 1, µs. */
  readonly precision: bigint;
  /** Always 500 ppm, scaled. */
  readonly tolerance: bigint;
  /** µs per 1/100 s. */
  readonly tick: bigint;
  /** TAI minus UTC, s. */
  readonly tai: bigint;
  readonly timeSec: bigint;
  /** ns or µs as the status says. */
  readonly timeUsec: bigint;
}

const MAX_FREQ = ((1n << 63n) - 1n) / PPM_SCALE;
const PPM_SCALE_INV_SHIFT = 19n;
const PPM_SCALE_INV = (1n << (PPM_SCALE_INV_SHIFT + NTP_SCALE_SHIFT)) / PPM_SCALE + 1n;

/** adjtimex(2). As do_adjtimex(). */
export function adjtimex(core: TkCore, timex: Timex, counter: Cycles): TimexResult {
  const refused = validateTimex(timex) || setOffset(core, timex, counter);
  const real = realtimeAt(core, counter);
  if (refused !== 0) {
    return timexResult(core.ntp, refused, phaseInForce(core.ntp), real, core.taiOffset);
  }
  const { result, taiOffset } = changeNtp(core, timex, real);
  let clockSet = false;
  if (taiOffset !== core.taiOffset) {
    core.writable.setTaiOffset(taiOffset);
    core.commit(TK_CLOCK_WAS_SET);
    clockSet = true;
  }
  core.refreshLeapState();
  if ((timex.modes & (ADJ_FREQUENCY | ADJ_TICK)) !== 0) {
    clockSet = publish(core, advance(core, 'freq', counter)) || clockSet;
  }
  if (clockSet) core.clockWasSet(CLOCK_SET_WALL);
  return result;
}

/** ADJ_SETOFFSET steps the clock before anything else. */
function setOffset(core: TkCore, timex: Timex, counter: Cycles): number {
  if ((timex.modes & ADJ_SETOFFSET) === 0) return 0;
  const usec = timex.timeUsec ?? 0n;
  const nsec = (timex.modes & ADJ_NANO) !== 0 ? usec : usec * 1000n;
  return injectOffset(core, { sec: timex.timeSec ?? 0n, nsec }, counter);
}

/**
 * 0, or -22 where adjtimex(2) refuses the arguments before it does anything. As
 * timekeeping_validate_timex().
 */
function validateTimex(timex: Timex): number {
  const { modes } = timex;
  if ((modes & ADJ_ADJTIME) !== 0) {
    if ((modes & ADJ_OFFSET) === 0) return -EINVAL;
  } else if ((modes & ADJ_TICK) !== 0) {
    const tick = timex.tick ?? 0n;
    if (tick < 9_000n || tick > 11_000n) return -EINVAL;
  }
  if ((modes & ADJ_SETOFFSET) !== 0) {
    const usec = timex.timeUsec ?? 0n;
    const limit = (modes & ADJ_NANO) !== 0 ? 1_000_000_000n : 1_000_000n;
    if (usec < 0n || usec >= limit) return -EINVAL;
  }
  if ((modes & ADJ_FREQUENCY) !== 0) {
    const freq = timex.freq ?? 0n;
    if (freq < -MAX_FREQ || freq > MAX_FREQ) return -EINVAL;
  }
  return 0;
}

/**
 * Changes the NTP state and reports it. As __do_adjtimex().
 *
 * @param real REALTIME at the call, ns
 * @returns the report, and TAI minus UTC as it is to be
 */
function changeNtp(
  { ntp, xtimeSec, taiOffset }: TkCore,
  timex: Timex,
  real: Ns,
): { readonly result: TimexResult; readonly taiOffset: bigint } {
  let offset: bigint;
  let newTai = taiOffset;
  if ((timex.modes & ADJ_ADJTIME) !== 0) {
    offset = ntp.timeAdjust;
    if ((timex.modes & ADJ_OFFSET_READONLY) === 0) {
      ntp.timeAdjust = timex.offset ?? 0n;
      ntp.updateFrequency();
    }
  } else {
    newTai = processAdjtimexModes(ntp, timex, xtimeSec, taiOffset);
    offset = phaseInForce(ntp);
  }
  const ret = (ntp.timeStatus & (STA_UNSYNC | STA_CLOCKERR)) !== 0 ? TIME_ERROR : ntp.timeState;
  const result = timexResult(ntp, ret, offset, real, newTai);
  return { result: aroundLeap(ntp, result), taiOffset: newTai };
}

/** What the PLL has still to correct, ns or µs as the status says. */
function phaseInForce(ntp: Ntp): bigint {
  const offset = symmetricShiftRight(s64(ntp.timeOffset * ntp.hz), NTP_SCALE_SHIFT);
  return (ntp.timeStatus & STA_NANO) !== 0 ? offset : offset / 1000n;
}

function timexResult(ntp: Ntp, ret: number, offset: bigint, realNs: Ns, tai: bigint): TimexResult {
  const { sec, nsec } = nsToTimespec(realNs);
  const freq = s64((ntp.timeFreq >> PPM_SCALE_INV_SHIFT) * PPM_SCALE_INV);
  return {
    ret,
    offset,
    freq: symmetricShiftRight(freq, NTP_SCALE_SHIFT),
    maxerror: ntp.timeMaxerror,
    esterror: ntp.timeEsterror,
    status: ntp.timeStatus,
    constant: ntp.timeConstant,
    precision: 1n,
    tolerance: MAXFREQ_SCALED / PPM_SCALE,
    tick: ntp.tickUsec,
    tai,
    timeSec: sec,
    timeUsec: (ntp.timeStatus & STA_NANO) !== 0 ? nsec : nsec / 1000n,
  };
}

/**
 * The tick that carries out a leap second may be late; who asks meanwhile is told as if it had
 * come.
 */
function aroundLeap(ntp: Ntp, result: TimexResult): TimexResult {
  if (result.timeSec < ntp.ntpNextLeapSec) return result;
  if (ntp.timeState === TIME_INS && (ntp.timeStatus & STA_INS) !== 0) {
    return { ...result, ret: TIME_OOP, tai: result.tai + 1n, timeSec: result.timeSec - 1n };
  }
  if (ntp.timeState === TIME_DEL && (ntp.timeStatus & STA_DEL) !== 0) {
    return { ...result, ret: TIME_WAIT, tai: result.tai - 1n, timeSec: result.timeSec + 1n };
  }
  if (ntp.timeState === TIME_OOP && result.timeSec === ntp.ntpNextLeapSec) {
    return { ...result, ret: TIME_WAIT };
  }
  return result;
}
