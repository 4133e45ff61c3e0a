import type { ClockId, ReadPath, TimerClockId } from '../../src/contract/clock.js';
import type { Event } from '../../src/contract/event.js';
import type { ClocksourceSpec, Declared, Machine, Vm } from '../../src/contract/machine.js';
import type { KnownLimit, Premises, Property, Verdict } from '../../src/contract/property.js';
import type { Timex, VcpuActor, VmmActor } from '../../src/contract/schedule.js';
import type { Ns } from '../../src/contract/units.js';
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
}

export function premisesOf(setup: Setup = {}): Premises {
  const vm: Vm = {
    host: 0,
    vcpus: Array.from({ length: setup.vcpus ?? 1 }, () => ({ skewCycles: 0n })),
    clocksource: setup.clocksource ?? KVM_CLOCK,
    persistentClock: setup.persistentClock ?? 'nanoseconds',
    design: 'counters-run-on',
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
    kernel: '6.12.117',
    kvm: '6.12',
    hz: 250,
    nohz: 'off',
    tick: 'command',
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

/** Arguments of adjtimex(2), and what it returned where that is not nominal. */
export interface Adjusted {
  readonly timex: Timex;
  readonly ret?: number;
  readonly freq?: bigint;
  readonly tick?: bigint;
  readonly status?: number;
  readonly constant?: bigint;
  readonly offset?: bigint;
}

/**
 * Writes events by hand, in the order of the calls. `at` sets the instant, or the closed interval,
 * of those that follow; `vcpu` is who acts.
 */
export class Story {
  readonly events: Event[] = [];
  private earliestNs: Ns = 0n;
  private latestNs: Ns = 0n;
  private incarnation = 0;
  private vm = 0;

  at(earliestNs: Ns, latestNs: Ns = earliestNs): this {
    this.earliestNs = earliestNs;
    this.latestNs = latestNs;
    return this;
  }

  /** The VM and the life that the following events belong to. */
  in(incarnation: number, vm = 0): this {
    this.incarnation = incarnation;
    this.vm = vm;
    return this;
  }

  boot(vcpus = 1): this {
    this.push({ kind: 'booted', ...this.stamp(this.vmm()), host: 0 });
    return this.start(...Array.from({ length: vcpus }, (_, vcpu) => vcpu));
  }

  start(...vcpus: readonly number[]): this {
    for (const vcpu of vcpus) this.push({ kind: 'vcpu-started', ...this.stamp(this.vcpu(vcpu)) });
    return this;
  }

  stop(...vcpus: readonly number[]): this {
    for (const vcpu of vcpus) this.push({ kind: 'vcpu-stopped', ...this.stamp(this.vcpu(vcpu)) });
    return this;
  }

  handled(): this {
    return this.push({ kind: 'stop-handled', ...this.stamp(this.vmm()) });
  }

  suspend(vcpu = 0): this {
    return this.push({ kind: 'guest-suspended', ...this.stamp(this.vcpu(vcpu)) });
  }

  resume(vcpu = 0): this {
    return this.push({ kind: 'guest-resumed', ...this.stamp(this.vcpu(vcpu)) });
  }

  save(snapshot: number): this {
    return this.push({ kind: 'vm-saved', ...this.stamp(this.vmm()), snapshot });
  }

  /** Begins the given incarnation. */
  restore(snapshot: number, incarnation: number): this {
    this.incarnation = incarnation;
    return this.push({ kind: 'vm-restored', ...this.stamp(this.vmm()), snapshot });
  }

  migrate(): this {
    return this.push({ kind: 'vm-migrated', ...this.stamp(this.vmm()), from: 0, to: 0 });
  }

  read(
    vcpu: number,
    clock: ClockId,
    ns: Ns,
    counter: bigint | null = null,
    via: ReadPath = 'syscall',
  ): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'clock-read', ...stamp, clock, via, ns, counter });
  }

  monotonic(vcpu: number, ns: Ns, counter: bigint | null = null): this {
    return this.read(vcpu, 'CLOCK_MONOTONIC', ns, counter);
  }

  boottime(vcpu: number, ns: Ns): this {
    return this.read(vcpu, 'CLOCK_BOOTTIME', ns);
  }

  raw(vcpu: number, ns: Ns, counter: bigint | null = ns): this {
    return this.read(vcpu, 'CLOCK_MONOTONIC_RAW', ns, counter);
  }

  snapshot(
    vcpu: number,
    shown: {
      readonly counter?: bigint;
      readonly monotonicNs?: Ns;
      readonly rawNs?: Ns;
      readonly boottimeNs?: Ns;
      readonly mult?: bigint;
    },
  ): this {
    const monotonicNs = shown.monotonicNs ?? 0n;
    return this.push({
      kind: 'snapshot-taken',
      ...this.stamp(this.vcpu(vcpu)),
      counter: shown.counter ?? monotonicNs,
      monotonicNs,
      rawNs: shown.rawNs ?? monotonicNs,
      boottimeNs: shown.boottimeNs ?? monotonicNs,
      realtimeNs: 0n,
      taiNs: 0n,
      mult: shown.mult ?? MULT,
    });
  }

  sampled(vcpu: number, counter: bigint, mult: bigint): this {
    return this.push({ kind: 'tick-sampled', ...this.stamp(this.vcpu(vcpu)), counter, mult });
  }

  published(vcpu: number, counter: bigint, mult: bigint, cycleLast: bigint = counter): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'tick-published', ...stamp, counter, mult, cycleLast });
  }

  /** An atomic tick. */
  tick(vcpu: number, counter: bigint, mult: bigint = MULT, before: bigint = mult): this {
    return this.sampled(vcpu, counter, before).published(vcpu, counter, mult);
  }

  set(vcpu: number, stepNs: Ns, ret = 0): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'clock-set', ...stamp, sec: 0n, nsec: 0n, ret, stepNs });
  }

  adjust(vcpu: number, { timex, ret = 0, freq = 0n, tick = 10_000n, ...rest }: Adjusted): this {
    return this.push({
      kind: 'ntp-adjusted',
      ...this.stamp(this.vcpu(vcpu)),
      timex,
      ret,
      freq,
      tick,
      status: rest.status ?? 0x40,
      constant: rest.constant ?? 2n,
      offset: rest.offset ?? 0n,
    });
  }

  arm(vcpu: number, timer: number, clock: TimerClockId, expiresNs: Ns, intervalNs: Ns = 0n): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    const about = { timer, clock, expiresNs, slackNs: 0n, intervalNs };
    return this.push({ kind: 'timer-armed', ...stamp, ...about });
  }

  cancel(vcpu: number, timer: number): this {
    return this.push({ kind: 'timer-cancelled', ...this.stamp(this.vcpu(vcpu)), timer });
  }

  fire(
    vcpu: number,
    timer: number,
    clock: TimerClockId,
    comparedNs: Ns | null,
    readNs: Ns | null = comparedNs,
    expirations = 1n,
  ): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    const about = { timer, clock, comparedNs, readNs, expirations };
    return this.push({ kind: 'timer-fired', ...stamp, ...about });
  }

  accept(words: readonly string[], versions: readonly number[]): this {
    const stamp = this.stamp(this.vcpu(0));
    return this.push({ kind: 'reader-accepted', ...stamp, program: 'seqcount', words, versions });
  }

  private push(event: Event): this {
    this.events.push(event);
    return this;
  }

  private vcpu(vcpu: number): VcpuActor {
    return { vm: this.vm, vcpu };
  }

  private vmm(): VmmActor {
    return { vm: this.vm, task: 'vmm' };
  }

  private stamp<Who>(actor: Who) {
    const { incarnation, earliestNs, latestNs } = this;
    return { actor, incarnation, earliestNs, latestNs };
  }
}
