import type { Timex } from '../contract/schedule.js';
import {
  ADJ_ESTERROR,
  ADJ_FREQUENCY,
  ADJ_MAXERROR,
  ADJ_MICRO,
  ADJ_NANO,
  ADJ_OFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  ADJ_TICK,
  ADJ_TIMECONST,
  STA_NANO,
  STA_PLL,
  STA_UNSYNC,
} from '../contract/timex.js';
import { max, min, s64 } from '../math/u64.js';
import {
  MAXFREQ_SCALED,
  MAXPHASE,
  NTP_PHASE_LIMIT,
  NTP_SCALE_SHIFT,
  type Ntp,
  PPM_SCALE,
  STA_FLL,
  STA_FREQHOLD,
  STA_MODE,
  STA_RONLY,
  TIME_OK,
  TIME64_MAX,
} from './ntp.js';

/** Time constants beyond it would take the PLL years. */
const MAXTC = 10n;
const MAX_TAI_OFFSET = 100_000n;
const SHIFT_PLL = 2n;
const SHIFT_FLL = 2n;
/** Shortest and longest interval of the FLL and PLL, s. */
const MINSEC = 256n;
const MAXSEC = 2048n;
const USEC_PER_SEC = 1_000_000n;

/**
 * Does what adjtimex(2)'s modes ask for, in the kernel's order. As process_adjtimex_modes().
 *
 * @returns the TAI offset, s
 */
export function processAdjtimexModes(
  ntp: Ntp,
  timex: Timex,
  realSec: bigint,
  taiOffset: bigint,
): bigint {
  const { modes } = timex;
  const constant = timex.constant ?? 0n;
  if ((modes & ADJ_STATUS) !== 0) processAdjStatus(ntp, timex.status ?? 0, realSec);
  if ((modes & ADJ_NANO) !== 0) ntp.timeStatus |= STA_NANO;
  if ((modes & ADJ_MICRO) !== 0) ntp.timeStatus &= ~STA_NANO;
  if ((modes & ADJ_FREQUENCY) !== 0) ntp.timeFreq = clampFreq(s64((timex.freq ?? 0n) * PPM_SCALE));
  if ((modes & ADJ_MAXERROR) !== 0) ntp.timeMaxerror = clampError(timex.maxerror ?? 0n);
  if ((modes & ADJ_ESTERROR) !== 0) ntp.timeEsterror = clampError(timex.esterror ?? 0n);
  if ((modes & ADJ_TIMECONST) !== 0) {
    const clamped = clamp(constant, 0n, MAXTC);
    const micro = (ntp.timeStatus & STA_NANO) === 0;
    ntp.timeConstant = micro ? min(clamped + 4n, MAXTC) : clamped;
  }
  const setsTai = (modes & ADJ_TAI) !== 0 && constant >= 0n && constant <= MAX_TAI_OFFSET;
  if ((modes & ADJ_OFFSET) !== 0) updateOffset(ntp, timex.offset ?? 0n, realSec);
  if ((modes & ADJ_TICK) !== 0) ntp.tickUsec = timex.tick ?? 0n;
  if ((modes & (ADJ_TICK | ADJ_FREQUENCY | ADJ_OFFSET)) !== 0) ntp.updateFrequency();
  return setsTai ? constant : taiOffset;
}

/** Leaving the PLL forgets a leap and every other status bit. As process_adj_status(). */
function processAdjStatus(ntp: Ntp, status: number, realSec: bigint): void {
  const hadPll = (ntp.timeStatus & STA_PLL) !== 0;
  const wantsPll = (status & STA_PLL) !== 0;
  if (hadPll && !wantsPll) {
    ntp.timeState = TIME_OK;
    ntp.timeStatus = STA_UNSYNC;
    ntp.ntpNextLeapSec = TIME64_MAX;
  }
  if (!hadPll && wantsPll) ntp.timeReftime = realSec;
  ntp.timeStatus = (ntp.timeStatus & STA_RONLY) | (status & ~STA_RONLY);
}

/**
 * A new phase for the PLL, in ns or µs as the status says; also moves the frequency. As
 * ntp_update_offset().
 *
 * The interval since the last one is negative after REALTIME was set back, and nothing clamps
 * that: the frequency then moves the wrong way.
 */
function updateOffset(ntp: Ntp, given: bigint, realSec: bigint): void {
  if ((ntp.timeStatus & STA_PLL) === 0) return;
  const nano = (ntp.timeStatus & STA_NANO) !== 0;
  const ns = nano ? given : clamp(given, -USEC_PER_SEC, USEC_PER_SEC) * 1000n;
  const offset = clamp(ns, -MAXPHASE, MAXPHASE);
  const held = (ntp.timeStatus & STA_FREQHOLD) !== 0;
  let secs = held ? 0n : s64(realSec - ntp.timeReftime);
  ntp.timeReftime = realSec;
  let freqAdj = updateOffsetFll(ntp, offset, secs);
  const longest = 1n << (SHIFT_PLL + 1n + ntp.timeConstant);
  secs = min(secs, longest);
  const shift = NTP_SCALE_SHIFT - 2n * (SHIFT_PLL + 2n + ntp.timeConstant);
  freqAdj = s64(freqAdj + (s64(offset * secs) << shift));
  ntp.timeFreq = clampFreq(s64(freqAdj + ntp.timeFreq));
  ntp.timeOffset = (offset << NTP_SCALE_SHIFT) / ntp.hz;
}

/** The frequency-locked share, for long intervals. As ntp_update_offset_fll(). */
function updateOffsetFll(ntp: Ntp, offset: bigint, secs: bigint): bigint {
  ntp.timeStatus &= ~STA_MODE;
  if (secs < MINSEC) return 0n;
  if ((ntp.timeStatus & STA_FLL) === 0 && secs <= MAXSEC) return 0n;
  ntp.timeStatus |= STA_MODE;
  return (offset << (NTP_SCALE_SHIFT - SHIFT_FLL)) / secs;
}

function clampFreq(freq: bigint): bigint {
  return clamp(freq, -MAXFREQ_SCALED, MAXFREQ_SCALED);
}

function clampError(usec: bigint): bigint {
  return clamp(usec, 0n, NTP_PHASE_LIMIT);
}

function clamp(n: bigint, lowest: bigint, highest: bigint): bigint {
  return max(min(n, highest), lowest);
}
