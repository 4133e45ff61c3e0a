/** n modulo 2^64. */
export function u64(n: bigint): bigint {
  return BigInt.asUintN(64, n);
}

/** n modulo 2^64 as a two's-complement number, in [-2^63, 2^63). */
export function s64(n: bigint): bigint {
  return BigInt.asIntN(64, n);
}

/** n modulo 2^32. */
export function u32(n: bigint): bigint {
  return BigInt.asUintN(32, n);
}

/** n modulo 2^32 as a two's-complement number, in [-2^31, 2^31). */
export function s32(n: bigint): bigint {
  return BigInt.asIntN(32, n);
}

/** Right shift that rounds toward zero on both sides, the kernel's shift_right(). */
export function symmetricShiftRight(n: bigint, by: bigint): bigint {
  return n < 0n ? -(-n >> by) : n >> by;
}

/** Number of bits of n >= 0: 0 for 0, 1 for 1, 64 for 2^63. */
export function bitLength(n: bigint): number {
  let bits = 0;
  let rest = n;
  while (rest > 0xffff_ffffn) {
    rest >>= 32n;
    bits += 32;
  }
  return bits + 32 - Math.clz32(Number(rest));
}

/** Index of the highest bit set, ilog2(); -1 for 0. */
export function ilog2(n: bigint): number {
  return bitLength(n) - 1;
}

/** Smallest integer not below a / b, for b > 0. */
export function ceilDivide(a: bigint, b: bigint): bigint {
  return a > 0n ? (a + b - 1n) / b : a / b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function abs(a: bigint): bigint {
  return a < 0n ? -a : a;
}
