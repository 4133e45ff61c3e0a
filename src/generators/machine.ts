import type { Scene } from '../contract/catalogue.js';
import {
  type ClocksourceSpec,
  type Declared,
  KERNEL_VERSIONS,
  type Machine,
  type TimeNamespace,
  type Vcpu,
} from '../contract/machine.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { abs, ceilDivide } from '../math/u64.js';
import { pick, signedMagnitude } from './magnitude.js';

/** What a generator must know of a design: its name, and what it declares. */
export interface DesignPremises {
  readonly name: string;
  readonly stopErrorNs: Declared['stopErrorNs'];
  readonly migrates: boolean;
  /** Where the matrix plays it; left out: on any machine. */
  readonly scene?: Partial<Scene>;
}

/** Counters of real machines; the linux-timekeeping table has their limits. */
export const CLOCKSOURCES: readonly ClocksourceSpec[] = [
  { name: 'tsc', freq: 2_500_000n, scale: 1_000n, widthBits: 64, nonstop: false },
  { name: 'kvm-clock', freq: 1_000_000_000n, scale: 1n, widthBits: 64, nonstop: false },
  { name: 'tsc', freq: 2_999_900n, scale: 1_000n, widthBits: 64, nonstop: false },
  { name: 'arch_sys_counter', freq: 24_000_000n, scale: 1n, widthBits: 56, nonstop: false },
  { name: 'hpet', freq: 14_318_180n, scale: 1n, widthBits: 32, nonstop: false },
  { name: 'acpi_pm', freq: 3_579_545n, scale: 1n, widthBits: 24, nonstop: false },
];

const NONSTOP: readonly ClocksourceSpec[] = CLOCKSOURCES.map((spec) => ({
  ...spec,
  nonstop: true,
}));

/** HPET and ACPI PM are one device for all vCPUs: only a counter of the CPU can be skewed. */
export function isPerCpu(spec: ClocksourceSpec): boolean {
  return spec.widthBits > 32;
}

const HZ = [250, 100, 1000, 300] as const;
/** 14 Nov 2023, an hour before the end of the UTC day: a leap second is within one long wait. */
export const EPOCH_SEC = 1_700_002_800n;
/** The same evening, two seconds before: it is within two short ones. */
export const LAST_SECONDS = EPOCH_SEC + 3_598n;

/** Whether the machine boots so late in the evening that a leap second is near: then it is announced early. */
export function isEveningOfLeap({ epochSec }: Machine): boolean {
  return epochSec === LAST_SECONDS;
}

const SYNCHRONISED: Vcpu = { skewCycles: 0n };

/** The plainest machine: what counterexamples shrink to, and what a schedule without one runs on. */
export function plainMachine(
  design: DesignPremises,
  clocksource: ClocksourceSpec = CLOCKSOURCES[1] as ClocksourceSpec, // the list is not empty
  vcpuCount = 1,
): Machine {
  const counterHz = clocksource.freq * clocksource.scale;
  return {
    kernel: '6.12.117',
    kvm: '6.12',
    hz: 250,
    nohz: 'off',
    tick: 'command',
    epochSec: EPOCH_SEC,
    hosts: [{ counterHz, counterBoot: 0n }],
    vms: [
      {
        host: 0,
        vcpus: Array.from({ length: vcpuCount }, () => SYNCHRONISED),
        clocksource,
        persistentClock: 'nanoseconds',
        design: design.name,
      },
    ],
    declared: {
      skewNs: 0n,
      counterPpb: 0n,
      stopErrorNs: design.stopErrorNs,
      rtcResolutionNs: 1n,
      publicationNs: null,
      ratePpb: null,
      settleWithinNs: NSEC_PER_SEC,
    },
  };
}

/** The machine with what its parts imply declared anew: skew, and the grid of the persistent clock. */
export function redeclare(machine: Machine): Machine {
  const skewNs = machine.vms.reduce((most, vm) => {
    const skew = skewOf(vm.vcpus, vm.clocksource);
    return skew > most ? skew : most;
  }, 0n);
  const isCoarse = machine.vms.some((vm) => vm.persistentClock === 'seconds');
  const rtcResolutionNs = isCoarse ? NSEC_PER_SEC : 1n;
  return { ...machine, declared: { ...machine.declared, skewNs, rtcResolutionNs } };
}

/** The largest difference of two vCPUs' counters in ns, rounded up. */
function skewOf(vcpus: readonly Vcpu[], { freq, scale }: ClocksourceSpec): Ns {
  let most: Cycles = 0n;
  for (const a of vcpus) {
    for (const b of vcpus) {
      const difference = abs(a.skewCycles - b.skewCycles);
      if (difference > most) most = difference;
    }
  }
  return ceilDivide(most * NSEC_PER_SEC, freq * scale);
}

/** Draws a machine: mostly plain, each feature now and then. */
export function drawMachine(prng: Prng, designs: readonly DesignPremises[]): Machine {
  const design = pick(prng, designs);
  const at = prng.below(CLOCKSOURCES.length);
  const clocksource = CLOCKSOURCES[at] as ClocksourceSpec; // in range
  const plain = plainMachine(design, clocksource, 1 + prng.below(4));
  const isSkewed = isPerCpu(clocksource) && prng.oneIn(3);
  const hosts = drawHosts(prng, plain.hosts, clocksource, design.migrates && prng.oneIn(4));
  // A counter that stays behind on the old host is no measure of a sleep, and the guest is told so.
  const isNonstop = isPerCpu(clocksource) && hosts.length === 1 && prng.oneIn(4);
  const machine: Machine = {
    ...plain,
    kernel: pick(prng, KERNEL_VERSIONS),
    hz: pick(prng, HZ),
    epochSec: prng.oneIn(4) ? LAST_SECONDS : EPOCH_SEC,
    tick: prng.oneIn(8) ? 'clockevent' : 'command',
    hosts,
    vms: plain.vms.map((vm) => ({
      ...vm,
      clocksource: (isNonstop ? NONSTOP[at] : undefined) ?? clocksource,
      persistentClock: prng.oneIn(3) ? 'seconds' : 'nanoseconds',
      vcpus: isSkewed ? vm.vcpus.map(() => drawSkew(prng)) : vm.vcpus,
      ...(prng.oneIn(8) ? { timeNamespace: drawNamespace(prng) } : undefined),
    })),
  };
  return redeclare(machine);
}

/** Offsets of up to half an hour. */
function drawNamespace(prng: Prng): TimeNamespace {
  const offset = (): Ns => BigInt(signedMagnitude(prng, 41));
  return { monotonicNs: offset(), boottimeNs: offset() };
}

function drawSkew(prng: Prng): Vcpu {
  return { skewCycles: BigInt(signedMagnitude(prng, 20)) };
}

/** A counter may be about to wrap; a second host has the same frequency and its own boot. */
function drawHosts(
  prng: Prng,
  plain: Machine['hosts'],
  { widthBits }: ClocksourceSpec,
  isPair: boolean,
): Machine['hosts'] {
  const boot = (): Cycles => {
    if (prng.oneIn(2)) return 0n;
    const before = BigInt(signedMagnitude(prng, 40));
    return BigInt.asUintN(64, (1n << BigInt(widthBits)) - before);
  };
  const hosts = isPair ? [...plain, ...plain] : plain;
  return hosts.map((host) => ({ ...host, counterBoot: boot() }));
}
