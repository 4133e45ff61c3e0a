import type { Prng } from '../math/prng.js';

/** A whole number in [0, 2^bits), every order of magnitude alike. bits is at most 52. */
export function magnitude(prng: Prng, bits: number): number {
  const octave = prng.below(bits + 1);
  if (octave === 0) return 0;
  const low = 2 ** (octave - 1);
  return low + Math.floor((prng.next() / 0x1_0000_0000) * low);
}

/** The same with either sign. */
export function signedMagnitude(prng: Prng, bits: number): number {
  const size = magnitude(prng, bits);
  return prng.oneIn(2) ? -size : size;
}

/** One of the list, which is not empty. */
export function pick<T>(prng: Prng, list: readonly T[]): T {
  const chosen = list[prng.below(list.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}
