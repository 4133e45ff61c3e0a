import type { ApplicationSpec } from '../../src/contract/consumer.js';
import type { Event } from '../../src/contract/event.js';
import type {
  ClockeventSpec,
  ClocksourceSpec,
  Declared,
  Machine,
  RawTimers,
  Vm,
} from '../../src/contract/machine.js';
import type { KnownLimit, Premises, Property, Verdict } from '../../src/contract/property.js';
import { judgeEvents } from '../../src/runner/play.js';

/** A cycle is a nanosecond, mult is 2^23 and shift 23: what a slope makes is easily told. */
export const KVM_CLOCK: ClocksourceSpec = {
  name: 'kvm-clock',
  freq: 1_000_000_000n,
  scale: 1n,
  widthBits: 64,
  nonstop: false,
};
export const TSC: ClocksourceSpec = { ...KVM_CLOCK, name: 'tsc', freq: 2_500_000n, scale: 1_000n };
/** 24 bits: wraps after 4.687 s. */
export const ACPI_PM: ClocksourceSpec = {
  ...KVM_CLOCK,
  name: 'acpi_pm',
  freq: 3_579_545n,
  widthBits: 24,
};

export const MULT = 8_388_608n;

export interface Setup {
  readonly vcpus?: number;
  readonly vms?: number;
  readonly clocksource?: ClocksourceSpec;
  readonly persistentClock?: Vm['persistentClock'];
  readonly declared?: Partial<Declared>;
  readonly strict?: readonly KnownLimit[];
  readonly kernel?: Machine['kernel'];
  readonly timeNamespace?: Vm['timeNamespace'];
  readonly clockevent?: ClockeventSpec;
  readonly rawTimers?: RawTimers;
  readonly daemon?: Vm['daemon'];
  readonly application?: ApplicationSpec;
  /** What the device and NOHZ make of the tick. */
  readonly ticks?: Pick<Machine, 'tick' | 'nohz'>;
}

export function premisesOf(setup: Setup = {}): Premises {
  const vm: Vm = {
    host: 0,
    vcpus: Array.from({ length: setup.vcpus ?? 1 }, () => ({ skewCycles: 0n })),
    clocksource: setup.clocksource ?? KVM_CLOCK,
    persistentClock: setup.persistentClock ?? 'nanoseconds',
    design: 'counters-run-on',
    ...(setup.timeNamespace === undefined ? undefined : { timeNamespace: setup.timeNamespace }),
    ...(setup.clockevent === undefined ? undefined : { clockevent: setup.clockevent }),
    ...(setup.daemon === undefined ? undefined : { daemon: setup.daemon }),
    ...(setup.application === undefined ? undefined : { application: setup.application }),
    ...(setup.rawTimers === undefined ? undefined : { rawTimers: setup.rawTimers }),
  };
  const declared: Declared = {
    skewNs: 0n,
    counterPpb: 0n,
    stopErrorNs: { monotonic: 1n, boottime: 1n },
    rtcResolutionNs: 1n,
    publicationNs: null,
    ratePpb: null,
    settleWithinNs: 1_000_000_000n,
    ...setup.declared,
  };
  const machine: Machine = {
    kernel: setup.kernel ?? '6.12.117',
    kvm: '6.12',
    hz: 250,
    ...(setup.ticks ?? { nohz: 'off', tick: 'command' }),
    epochSec: 1_700_000_000n,
    hosts: [{ counterHz: 1_000_000_000n, counterBoot: 0n }],
    vms: Array.from({ length: setup.vms ?? 1 }, () => vm),
    declared,
  };
  return { machine, declared, strict: new Set(setup.strict) };
}

export function verdictOf(law: Property, setup: Setup, events: readonly Event[]): Verdict {
  const [verdict] = judgeEvents(events, [law], premisesOf(setup));
  if (verdict === undefined) throw new Error('one law has one verdict');
  return verdict;
}

/** `holds 3`, `vacuous`, or what was observed. */
export function summary(verdict: Verdict): string {
  if (verdict.kind === 'violated') return `violated: ${verdict.violation.observed}`;
  return verdict.kind === 'holds' ? `holds ${verdict.witnesses}` : verdict.kind;
}
