const NSEC_PER_SEC = 1_000_000_000n;
const SHIFT = 16n;

/** The multiplier of crosvm's virtio-pvclock for a counter: ns = (cycles * mult) >> 16, truncated. */
export function crosvmMult(counterHz: bigint): bigint {
  return (NSEC_PER_SEC << SHIFT) / counterHz;
}

/** How slow such a clock is, in parts per 10^9, rounded down. */
export function crosvmSlowPpb(counterHz: bigint): bigint {
  const exact = NSEC_PER_SEC << SHIFT;
  return ((exact - crosvmMult(counterHz) * counterHz) * NSEC_PER_SEC) / exact;
}
