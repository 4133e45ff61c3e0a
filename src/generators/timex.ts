import type { Timex } from '../contract/schedule.js';
import {
  ADJ_ADJTIME,
  ADJ_FREQUENCY,
  ADJ_MICRO,
  ADJ_NANO,
  ADJ_OFFSET,
  ADJ_SETOFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  ADJ_TICK,
  ADJ_TIMECONST,
  NOMINAL_TICK,
  SCALED_PPM,
  STA_DEL,
  STA_INS,
  STA_PLL,
  STA_UNSYNC,
} from '../contract/timex.js';
import type { Prng } from '../math/prng.js';
import { pick, signedMagnitude } from './magnitude.js';

const MAX_FREQ = 500n * SCALED_PPM;
/** Half a second: the largest phase that the PLL takes, in ns. */
const MAX_PHASE_NS = 500_000_000n;

/** One thing that a time daemon, or who tests one, asks adjtimex(2) for. */
export type Ask = (prng: Prng) => Timex;

const ASK_ONLY: Ask = () => ({ modes: 0 });
const ASKS: readonly Ask[] = [rate, announce, phase, slew, taiOffset, step, fastest, ASK_ONLY];
/** Rates are asked for most. */
const USUAL_ASKS: readonly Ask[] = [
  rate,
  rate,
  rate,
  rate,
  rate,
  rate,
  announce,
  step,
  slew,
  ...ASKS,
];

/** Swarm: in one run of two NTP is asked for one or two of these things only. */
export function drawAsks(prng: Prng): readonly Ask[] {
  return prng.oneIn(2) ? USUAL_ASKS : [pick(prng, ASKS), pick(prng, ASKS)];
}

/** A new frequency, a new tick or both; one in eight is out of the kernel's range. */
export function rate(prng: Prng): Timex {
  const modes = pick(prng, [ADJ_FREQUENCY, ADJ_TICK, ADJ_FREQUENCY | ADJ_TICK]);
  const freq = drawFreq(prng);
  const beyond = prng.oneIn(8) ? 2_000 : 1_000;
  const tick = NOMINAL_TICK + BigInt(prng.below(2 * beyond + 1) - beyond);
  return { modes, freq, tick };
}

function drawFreq(prng: Prng): bigint {
  if (prng.oneIn(4)) return prng.oneIn(2) ? MAX_FREQ : -MAX_FREQ;
  return BigInt(signedMagnitude(prng, 26));
}

/** A leap second, announced or called off. */
function announce(prng: Prng): Timex {
  const status = pick(prng, [STA_INS, STA_INS, STA_INS, STA_DEL, STA_UNSYNC, 0]);
  return { modes: ADJ_STATUS, status };
}

/** A phase for the PLL. */
function phase(prng: Prng): Timex {
  const unit = pick(prng, [ADJ_NANO, ADJ_MICRO]);
  return {
    modes: ADJ_STATUS | ADJ_OFFSET | ADJ_TIMECONST | unit,
    status: STA_PLL,
    offset: BigInt(signedMagnitude(prng, 30)),
    constant: BigInt(prng.below(11)),
  };
}

/** adjtime(3), in µs. */
function slew(prng: Prng): Timex {
  return { modes: ADJ_ADJTIME | ADJ_OFFSET, offset: BigInt(signedMagnitude(prng, 24)) };
}

/** One in four is one that the kernel ignores. */
function taiOffset(prng: Prng): Timex {
  return { modes: ADJ_TAI, constant: BigInt(prng.below(50) - (prng.oneIn(4) ? 50 : 0)) };
}

/** A step of REALTIME; one in eight has a fraction that is none. */
function step(prng: Prng): Timex {
  const isNano = prng.oneIn(2);
  const fraction = isNano ? 1_000_000_000 : 1_000_000;
  const off = prng.oneIn(8) ? fraction : 0;
  return {
    modes: ADJ_SETOFFSET | (isNano ? ADJ_NANO : 0),
    timeSec: BigInt(signedMagnitude(prng, 20)),
    timeUsec: BigInt(prng.below(fraction) + off),
  };
}

/** The steepest slope that there is: tick, phase and slew all one way, beyond what mult is meant for. */
export function fastest(prng: Prng): Timex {
  return {
    modes: ADJ_STATUS | ADJ_OFFSET | ADJ_TIMECONST | ADJ_NANO | ADJ_TICK,
    status: STA_PLL,
    offset: prng.oneIn(4) ? -MAX_PHASE_NS : MAX_PHASE_NS,
    constant: 0n,
    tick: prng.oneIn(4) ? 9_000n : 11_000n,
  };
}
