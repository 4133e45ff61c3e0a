import type { Cycles } from '../../contract/units.js';
import { u64 } from '../../math/u64.js';

/**
 * The counters of an arm64 VM, all of them the host's minus an offset modulo 2^64. Nothing scales them: a
 * host of another frequency shows.
 */
export interface ArmOffsets {
  /** CNTPOFF: of the physical counter. */
  readonly physical: Cycles;
  /** CNTVOFF: of the virtual counter, from the physical one of the host; one for the VM. */
  readonly virtual: Cycles;
  /** What the guest, as a hypervisor, subtracts again for its own guest. */
  readonly nested: Cycles;
  /** KVM_ARM_SET_COUNTER_OFFSET was used: writes of the counters' registers are ignored from then on. */
  readonly isFixed: boolean;
}

export const NO_OFFSETS: ArmOffsets = { physical: 0n, virtual: 0n, nested: 0n, isFixed: false };

/** CNTPCT_EL0 as the guest reads it. */
export function cntpct(hostCounter: Cycles, { physical }: ArmOffsets): Cycles {
  return u64(hostCounter - physical);
}

/** CNTVCT_EL0 as the guest reads it. */
export function cntvct(hostCounter: Cycles, { virtual }: ArmOffsets): Cycles {
  return u64(hostCounter - virtual);
}

/** CNTVCT_EL0 as the guest's guest reads it. */
export function nestedCntvct(hostCounter: Cycles, offsets: ArmOffsets): Cycles {
  return u64(cntvct(hostCounter, offsets) - offsets.nested);
}

/** The VMM writes KVM_REG_ARM_TIMER_CNT of a vCPU: it is the virtual counter of all, the last writer wins. */
export function writeTimerCount(
  offsets: ArmOffsets,
  hostCounter: Cycles,
  value: Cycles,
): ArmOffsets {
  return offsets.isFixed ? offsets : { ...offsets, virtual: u64(hostCounter - value) };
}

/** The VMM uses KVM_ARM_SET_COUNTER_OFFSET: one offset for both counters. */
export function setCounterOffset(offsets: ArmOffsets, offset: Cycles): ArmOffsets {
  return { ...offsets, physical: u64(offset), virtual: u64(offset), isFixed: true };
}
