import { UsageError } from '../../contract/errors.js';
import type { Cycles } from '../../contract/units.js';
import { u64 } from '../../math/u64.js';

/** Fraction bits of the hardware's TSC multiplier: 48 with VMX, 32 with SVM. */
export const VMX_FRACTION = 48n;
export const SVM_FRACTION = 32n;

/** A guest within so much of the host's frequency runs at the host's. Module parameter tsc_tolerance_ppm. */
const TOLERANCE_PPM = 250n;

/** How a guest's TSC follows the host's: (host * ratio) >> fraction. */
export interface TscScale {
  readonly ratio: bigint;
  readonly fraction: bigint;
}

/** The host's TSC at the guest's rate, modulo 2^64. As kvm_scale_tsc(). */
export function scaleTsc(hostTsc: Cycles, { ratio, fraction }: TscScale): Cycles {
  return ratio === 1n << fraction ? u64(hostTsc) : u64((hostTsc * ratio) >> fraction);
}

/** What a guest reads, modulo 2^64: scaled first, offset second. */
export function guestTsc(hostTsc: Cycles, scale: TscScale, offset: Cycles): Cycles {
  return u64(scaleTsc(hostTsc, scale) + offset);
}

/** What KVM_SET_TSC_KHZ comes to on a host. */
export type Frequency =
  | { readonly kind: 'scaled'; readonly scale: TscScale }
  /** The guest runs at the host's rate: nobody tells it that it is not what it asked for. */
  | { readonly kind: 'host-rate'; readonly scale: TscScale }
  /** No multiplier, and the guest is to be faster: its TSC is forced forward at each update. */
  | { readonly kind: 'catch-up'; readonly scale: TscScale };

/**
 * @param fraction of the hardware's multiplier; undefined: it has none.
 * @throws {UsageError} where the guest is to be slower and there is no multiplier: KVM says EINVAL.
 */
export function setTscKhz(
  userKhz: bigint,
  hostKhz: bigint,
  fraction: bigint | undefined,
): Frequency {
  const plain = { ratio: 1n << (fraction ?? VMX_FRACTION), fraction: fraction ?? VMX_FRACTION };
  const margin = (hostKhz * TOLERANCE_PPM) / 1_000_000n;
  if (userKhz >= hostKhz - margin && userKhz <= hostKhz + margin) {
    return { kind: 'host-rate', scale: plain };
  }
  if (fraction !== undefined) {
    return { kind: 'scaled', scale: { ratio: (userKhz << fraction) / hostKhz, fraction } };
  }
  if (userKhz > hostKhz) return { kind: 'catch-up', scale: plain };
  throw new UsageError(
    `a guest of ${userKhz} kHz cannot run on a host of ${hostKhz} kHz without TSC scaling.`,
  );
}

/** The TSC of one vCPU: what its owner and the host wrote. */
export interface VcpuTsc {
  offset: Cycles;
  /** MSR TSC_ADJUST, signed. */
  adjust: bigint;
}

/** The guest writes MSR TSC: its TSC_ADJUST moves by as much. */
export function guestWritesTsc(vcpu: VcpuTsc, value: Cycles, scaled: Cycles): void {
  const moved = BigInt.asIntN(64, value - scaled - vcpu.offset);
  vcpu.offset = u64(vcpu.offset + moved);
  vcpu.adjust += moved;
}

/** The guest writes MSR TSC_ADJUST: its TSC moves by as much. */
export function guestWritesTscAdjust(vcpu: VcpuTsc, value: bigint): void {
  vcpu.offset = u64(vcpu.offset + value - vcpu.adjust);
  vcpu.adjust = value;
}
