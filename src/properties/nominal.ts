import { SubjectError } from '../contract/errors.js';
import type { ClocksourceSpec, Declared, Vm, VmId } from '../contract/machine.js';
import type { Premises } from '../contract/property.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { maskOf, maxAdjustment, nominalMultShift } from '../math/mult-shift.js';
import { abs, ceilDivide, max, min } from '../math/u64.js';

/**
 * One, in the unit of all rates here: parts of 10^9 * 2^16.
 *
 * So a frequency of adjtimex(2) (2^-16 ppm), a tick (µs per 1/100 s) and a declared ppb are whole.
 */
export const RATE_ONE = 65_536n * NSEC_PER_SEC;

/** One part per 10^9, as a rate. */
export const PPB = 65_536n;

/** Closed interval of a rate: 1 is {@link RATE_ONE}. */
export interface RateRange {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** What a guest without faults makes of the clocksource that its VM has. */
export interface Nominal {
  readonly spec: ClocksourceSpec;
  readonly vcpuCount: number;
  /** ns = (cycles * mult) >> shift before NTP changes mult. */
  readonly mult: bigint;
  readonly shift: bigint;
  readonly mask: Cycles;
  /**
   * Largest delta that one multiplication takes; `mask` where a reader can not see a counter
   * behind `cycle_last`.
   */
  readonly maxCycles: Cycles;
  /** Cycles between two accumulations, `cycle_interval`. */
  readonly tickCycles: Cycles;
  readonly hz: bigint;
  /** One in the last place of mult, as a rate. */
  readonly lsb: bigint;
  /** What NTP's tick may be longer than the kernel's, as a rate. */
  readonly longer: bigint;
  /** Whether the counter's frequency is tied to true time at all. */
  readonly isTied: boolean;
  /** d MONOTONIC_RAW / dt. */
  readonly raw: RateRange;
  /** d MONOTONIC / dt at boot, or all the time where the machine declares it. */
  readonly monotonic: RateRange;
  /** Longest gap between two updates of a narrow counter, ns; undefined: it is wide. */
  readonly narrowNs: Ns | undefined;
  /** What one cycle is on MONOTONIC_RAW, in ns times {@link RATE_ONE}. */
  readonly cycle: bigint;
  /** Upper bound on how far two vCPUs' counters differ at one instant. */
  readonly skewNs: Ns;
  readonly skewCycles: Cycles;
}

const known = new WeakMap<Premises, Nominal[]>();

/**
 * The same object for the same premises and VM: all laws of a run share it.
 *
 * @throws {SubjectError} where the machine has no such VM
 */
export function nominalOf(premises: Premises, vm: VmId): Nominal {
  let ofVms = known.get(premises);
  if (ofVms === undefined) {
    ofVms = [];
    known.set(premises, ofVms);
  }
  let nominal = ofVms[vm];
  if (nominal === undefined) {
    nominal = findOrDerive(premises, vm);
    ofVms[vm] = nominal;
  }
  return nominal;
}

/** A search draws many machines of few kinds. */
const kinds = new WeakMap<ClocksourceSpec, Map<number, Kind[]>>();
const KEPT_KINDS = 32;

interface Kind {
  readonly of: Declared;
  readonly nominal: Nominal;
}

function findOrDerive(premises: Premises, vm: VmId): Nominal {
  const { machine } = premises;
  const described = machine.vms[vm];
  if (described === undefined) {
    throw new SubjectError(
      `an event names VM ${vm}; the machine has ${machine.vms.length}. See protocol.md, "Actors".`,
    );
  }
  const alike = kindsLike(described, machine.hz);
  for (const { of, nominal } of alike) if (isOneKind(of, premises.declared)) return nominal;
  const nominal = derive(premises, described);
  if (alike.length < KEPT_KINDS) alike.push({ of: premises.declared, nominal });
  return nominal;
}

/** Those of one clocksource, number of vCPUs and ticks per second. */
function kindsLike({ clocksource, vcpus }: Vm, hz: number): Kind[] {
  let ofSpec = kinds.get(clocksource);
  if (ofSpec === undefined) {
    ofSpec = new Map();
    kinds.set(clocksource, ofSpec);
  }
  const key = hz * 2 ** 16 + vcpus.length;
  let alike = ofSpec.get(key);
  if (alike === undefined) {
    alike = [];
    ofSpec.set(key, alike);
  }
  return alike;
}

function isOneKind(a: Declared, b: Declared): boolean {
  return (
    a.counterPpb === b.counterPpb &&
    a.skewNs === b.skewNs &&
    a.ratePpb?.lowest === b.ratePpb?.lowest &&
    a.ratePpb?.highest === b.ratePpb?.highest
  );
}

function derive({ machine, declared }: Premises, described: Vm): Nominal {
  const spec = described.clocksource;
  const { mult, shift } = nominalMultShift(spec);
  const mask = maskOf(spec.widthBits);
  const counterPpb = declared.counterPpb ?? 0n;
  const hz = BigInt(machine.hz);
  const tickNs = NSEC_PER_SEC / hz;
  const maxCycles = min((2n ** 64n - 1n) / (mult + maxAdjustment(mult)), mask);
  const facts = {
    spec,
    vcpuCount: described.vcpus.length,
    mult,
    shift,
    mask,
    maxCycles,
    // As tk_setup_internals(): the tick in ns, rounded to the next whole cycle.
    tickCycles: max(((tickNs << shift) + mult / 2n) / mult, 1n),
    hz,
    lsb: ceilDivide(RATE_ONE, mult),
    longer: ceilDivide((NSEC_PER_SEC - tickNs * hz) * 2n * RATE_ONE, tickNs * hz),
    isTied: declared.counterPpb !== null,
    raw: {
      lo: scaled(RATE_ONE, mult, shift, spec, -counterPpb).lo,
      hi: scaled(RATE_ONE, mult, shift, spec, counterPpb).hi,
    },
    cycle: ceilDivide(mult * RATE_ONE, 1n << shift),
    skewNs: declared.skewNs,
    skewCycles: ceilDivide(declared.skewNs * frequency(spec), NSEC_PER_SEC),
  };
  const { lowest, highest } = declared.ratePpb ?? NOMINAL_PPB;
  return {
    ...facts,
    monotonic: rangeOf(facts, lowest * PPB, highest * PPB),
    // max_raw_delta: an update takes more to be a counter that ran backward.
    narrowNs:
      maxCycles === mask
        ? longestGapNs(facts, (mask >> 1n) + (mask >> 2n) + (mask >> 3n))
        : undefined,
  };
}

/** What the bounds on rates and times are made of. */
type Facts = Pick<Nominal, 'raw' | 'mult' | 'shift' | 'tickCycles' | 'isTied' | 'lsb' | 'longer'>;

const NOMINAL_PPB = { lowest: 0n, highest: 0n };

/** Real frequency of the counter as the driver registered it, Hz. */
export function frequency({ freq, scale }: ClocksourceSpec): bigint {
  return freq * scale;
}

/**
 * ns of true time per ns of a clock that multiplies the counter by `rate` * mult: the counter's
 * own error, and what rounding mult to an integer makes of its frequency (linux-timekeeping §1).
 */
function scaled(
  rate: bigint,
  mult: bigint,
  shift: bigint,
  spec: ClocksourceSpec,
  ppb: bigint,
): RateRange {
  const numerator = rate * mult * frequency(spec) * (NSEC_PER_SEC + ppb);
  const denominator = (NSEC_PER_SEC << shift) * NSEC_PER_SEC;
  return { lo: numerator / denominator, hi: ceilDivide(numerator, denominator) };
}

let lastAsked: RateRange = { lo: 0n, hi: 0n };
let lastOf: Nominal | undefined;
let lastRange: RateRange | undefined;

/**
 * d MONOTONIC / dt while NTP asks for 1 + `lowest` to 1 + `highest` (parts of {@link RATE_ONE}),
 * against RAW's rate. What NTP asks for becomes a whole mult (timekeeping_adjust()):
 *
 * - mult = floor(ideal) or one more, to work off `ntp_error`: 1 LSB to either side;
 * - a tick is a whole number of cycles: the part that NTP adds is exact to 1 / (2 * tickCycles);
 * - where HZ does not divide 10^9, NTP's tick is longer than the kernel's by up to 1 ns.
 *
 * The last answer is kept: all laws ask at the same event.
 */
export function monotonicRange(nominal: Nominal, lowest: bigint, highest: bigint): RateRange {
  if (lastOf === nominal && lastAsked.lo === lowest && lastAsked.hi === highest && lastRange) {
    return lastRange;
  }
  lastOf = nominal;
  lastAsked = { lo: lowest, hi: highest };
  lastRange = rangeOf(nominal, lowest, highest);
  return lastRange;
}

/** The same as d MONOTONIC / d RAW: the counter's error is in both. */
export function slopeRange(facts: Facts, { lo: lowest, hi: highest }: RateRange): RateRange {
  const { tickCycles, lsb, longer } = facts;
  const hi = RATE_ONE + highest + ceilDivide(abs(highest), 2n * tickCycles) + lsb + longer;
  const lo = RATE_ONE + lowest - ceilDivide(abs(lowest), 2n * tickCycles) - lsb;
  return { lo, hi };
}

function rangeOf(facts: Facts, lowest: bigint, highest: bigint): RateRange {
  const { raw } = facts;
  const { lo, hi } = slopeRange(facts, { lo: lowest, hi: highest });
  return { lo: (raw.lo * lo) / RATE_ONE, hi: ceilDivide(raw.hi * hi, RATE_ONE) };
}

/**
 * Time that a number of cycles takes at the least, in ns: the counter may be fast by its declared
 * error.
 */
export function shortestNs({ raw, mult, shift }: Facts, cycles: Cycles): Ns {
  return ((cycles * mult * RATE_ONE) >> shift) / raw.hi;
}

/**
 * How long a gap between two updates may be so that the counter makes at most `cycles`, with up to
 * a tick that the first left over. Of a counter that is tied to nothing none is short enough.
 */
export function longestGapNs(facts: Facts, cycles: Cycles): Ns {
  return facts.isTied ? shortestNs(facts, cycles - facts.tickCycles) : -1n;
}
