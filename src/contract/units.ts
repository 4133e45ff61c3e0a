declare const unit: unique symbol;

/** A bigint that remembers its unit: literals and sums fit, another unit does not. */
type Measure<Unit extends string> = bigint & { readonly [unit]?: Unit };

/** Nanoseconds. */
export type Ns = Measure<'ns'>;

/** Counts of a guest's free-running counter (x86 TSC, Arm CNTVCT, HPET), modulo its width. */
export type Cycles = Measure<'cycles'>;

/** Nanoseconds times 2^shift: the unit of the kernel's `xtime_nsec`. */
export type ShiftedNs = Measure<'ns << shift'>;

export const NSEC_PER_SEC: Ns = 1_000_000_000n;

/** The largest instant: an interval [0, FOREVER] says that nothing is known. */
export const FOREVER: Ns = 2n ** 64n - 1n;
