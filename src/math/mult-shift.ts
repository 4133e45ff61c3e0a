import type { ClocksourceSpec } from '../contract/machine.js';
import { NSEC_PER_SEC } from '../contract/units.js';
import { bitLength, u32 } from './u64.js';

/** A rate as the kernel holds it: to = (from * mult) >> shift. */
export interface MultShift {
  readonly mult: bigint;
  readonly shift: bigint;
}

/**
 * The most exact mult and shift from `from` Hz to `to` Hz that does not overflow 64 bits within
 * `maxSec` seconds. As clocks_calc_mult_shift().
 */
export function clocksCalcMultShift(from: bigint, to: bigint, maxSec: bigint): MultShift {
  const accuracy = BigInt(32 - bitLength((u32(maxSec) * from) >> 32n));
  let mult = 0n;
  let shift = 32n;
  for (; shift > 0n; shift--) {
    mult = ((to << shift) + from / 2n) / from;
    if (mult >> accuracy === 0n) break;
  }
  return { mult: u32(mult), shift };
}

/** Largest change of mult that NTP is meant to make, 11 %. */
export function maxAdjustment(mult: bigint): bigint {
  return u32((mult * 11n) / 100n);
}

/** All ones up to the counter's width. */
export function maskOf(widthBits: number): bigint {
  return (1n << BigInt(widthBits)) - 1n;
}

/**
 * The nominal multiplier of a clocksource: the rate of MONOTONIC_RAW, and what NTP adjusts.
 * As __clocksource_update_freq_scale().
 */
export function nominalMultShift(spec: ClocksourceSpec): MultShift {
  const mask = maskOf(spec.widthBits);
  let sec = mask / spec.freq / spec.scale;
  if (sec === 0n) sec = 1n;
  else if (sec > 600n && mask > 0xffff_ffffn) sec = 600n;
  let { mult, shift } = clocksCalcMultShift(spec.freq, NSEC_PER_SEC / spec.scale, sec * spec.scale);
  while (mult + maxAdjustment(mult) > 0xffff_ffffn) {
    mult >>= 1n;
    shift -= 1n;
  }
  return { mult, shift };
}
