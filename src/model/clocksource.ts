import { UsageError } from '../contract/errors.js';
import type { ClocksourceSpec } from '../contract/machine.js';
import { type Cycles, NSEC_PER_SEC, type Ns, type ShiftedNs } from '../contract/units.js';
import { maskOf, maxAdjustment, nominalMultShift } from '../math/mult-shift.js';
import { min } from '../math/u64.js';

/** How user space may read the counter itself, enum vdso_clock_mode. */
export type VdsoClockMode = 'none' | 'tsc' | 'pvclock' | 'archtimer';

/** A registered counter: struct clocksource. */
export interface Clocksource {
  readonly name: string;
  /** ns = (cycles * mult) >> shift at the nominal rate; in (0, 2^32). */
  readonly mult: bigint;
  readonly shift: bigint;
  /** All ones up to the counter's width. */
  readonly mask: Cycles;
  /** Largest change of mult that NTP is meant to make; 11 % of it. */
  readonly maxadj: bigint;
  /** Largest delta that readers convert in 64 bits. */
  readonly maxCycles: Cycles;
  /** Longest sleep without a tick, half of what maxCycles covers. */
  readonly maxIdleNs: Ns;
  /** A delta beyond it counts as a counter that ran backward; 7/8 of the mask. */
  readonly maxRawDelta: Cycles;
  /** Whether it counts on while the guest is suspended, CLOCK_SOURCE_SUSPEND_NONSTOP. */
  readonly nonstop: boolean;
  readonly vdsoClockMode: VdsoClockMode;
  /** One second in the unit of xtimeNsec: 10^9 << shift. */
  readonly nsecPerSecShifted: ShiftedNs;
}

/** Widest frequency argument of __clocksource_register_scale(): a u32. */
const FREQ_LIMIT = 1n << 32n;

/** The longest tick that every counter must span, in ns. */
const SHORTEST_TICK_NS = 1_000_000n;

/**
 * Registers a counter as its driver would. As __clocksource_register_scale().
 *
 * @throws {UsageError} where the kernel could not register it, or not keep time with it.
 */
export function registerClocksource(spec: ClocksourceSpec): Clocksource {
  checkSpec(spec);
  const { mult, shift } = nominalMultShift(spec);
  return finish(spec.name, mult, shift, maskOf(spec.widthBits), spec.nonstop);
}

/**
 * The clock of the first moments of a boot: it counts ticks. As clocksource_jiffies.
 *
 * @throws {UsageError} for a tick rate that Linux is not built with
 */
export function registerJiffies(hz: number): Clocksource {
  checkHz(hz);
  const tickNsec = (NSEC_PER_SEC + BigInt(hz) / 2n) / BigInt(hz);
  return finish('jiffies', tickNsec << 8n, 8n, maskOf(32), false);
}

/** The limits that follow from mult and shift. As clocksource_update_max_deferment(). */
function finish(
  name: string,
  mult: bigint,
  shift: bigint,
  mask: Cycles,
  nonstop: boolean,
): Clocksource {
  const maxadj = maxAdjustment(mult);
  const maxCycles = min(((1n << 64n) - 1n) / (mult + maxadj), mask);
  return {
    name,
    mult,
    shift,
    mask,
    maxadj,
    maxCycles,
    maxIdleNs: ((maxCycles * (mult - maxadj)) >> shift) >> 1n,
    maxRawDelta: (mask >> 1n) + (mask >> 2n) + (mask >> 3n),
    nonstop,
    vdsoClockMode: vdsoClockMode(name),
    nsecPerSecShifted: NSEC_PER_SEC << shift,
  };
}

/**
 * User space reads the TSC and kvm-clock on x86, the architected timer on Arm; every other counter
 * takes the system call.
 */
function vdsoClockMode(name: string): VdsoClockMode {
  if (name.startsWith('tsc')) return 'tsc';
  if (name === 'arch_sys_counter') return 'archtimer';
  return name === 'kvm-clock' ? 'pvclock' : 'none';
}

/** @throws {UsageError} for a tick rate that Linux is not built with */
export function checkHz(hz: number): void {
  if (Number.isInteger(hz) && hz >= 100 && hz <= 1000) return;
  throw new UsageError(
    `hz is ${hz}: Linux is built with whole ticks per second. ` +
      'Accepted: 100 to 1000; usual are 100, 250, 300 and 1000.',
  );
}

function checkSpec({ name, freq, scale, widthBits }: ClocksourceSpec): void {
  const refuse = (value: string, why: string, accepted: string): never => {
    throw new UsageError(`clocksource "${name}" has ${value}: ${why}. Accepted: ${accepted}.`);
  };
  if (scale !== 1n && scale !== 1000n) {
    refuse(`scale ${scale}`, 'drivers register Hz or kHz', '1 (Hz) or 1000 (kHz)');
  }
  if (freq <= 0n) {
    refuse(`freq ${freq}`, 'the kernel divides by it', 'a whole number from 1 to 2^32 - 1');
  }
  if (freq >= FREQ_LIMIT) {
    refuse(
      `freq ${freq}`,
      'the kernel holds it in 32 bits',
      'up to 2^32 - 1; a faster counter is registered in kHz (scale 1000)',
    );
  }
  if (!Number.isInteger(widthBits) || widthBits < 8 || widthBits > 64) {
    refuse(`widthBits ${widthBits}`, 'the kernel knows masks of 8 to 64 bits', '8 to 64');
  }
  const wrapNs = ((maskOf(widthBits) + 1n) * NSEC_PER_SEC) / (freq * scale);
  if (wrapNs < SHORTEST_TICK_NS) {
    refuse(
      `${widthBits} bits at ${freq * scale} Hz`,
      `it wraps every ${wrapNs} ns, unseen within one tick`,
      'a counter that spans at least 1 ms',
    );
  }
}
