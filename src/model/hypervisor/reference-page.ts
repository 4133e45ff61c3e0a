import type { Cycles } from '../../contract/units.js';
import { s64, u64 } from '../../math/u64.js';
import type { PvclockVcpuTimeInfo } from './pvclock.js';

/** Hyper-V's reference TSC page: in units of 100 ns, ((tsc * scale) >> 64) + offset. */
export interface ReferenceTscPage {
  readonly scale: bigint;
  /** Signed. */
  readonly offset: bigint;
}

/** What the page shows at a TSC value, in units of 100 ns. */
export function referenceTime({ scale, offset }: ReferenceTscPage, tsc: Cycles): bigint {
  return u64(((tsc * scale) >> 64n) + offset);
}

/**
 * The page that says the same as a pvclock page, as far as its grid allows. As
 * compute_tsc_page_parameters().
 *
 * @returns undefined where the page cannot hold the rate: readers then ask the MSR.
 */
export function referencePageOf(page: PvclockVcpuTimeInfo): ReferenceTscPage | undefined {
  const { tscToSystemMul: mul, tscShift: shift, tscTimestamp, systemTime } = page;
  // The quotient would not fit 64 bits.
  if (shift <= 32 && mul >= 100n << BigInt(32 - shift)) return undefined;
  const scale = (mul << BigInt(32 + shift)) / 100n;
  return { scale, offset: s64(systemTime / 100n - ((tscTimestamp * scale) >> 64n)) };
}
