import type { ApplicationSpec, DaemonSpec } from './consumer.js';
import type { Cycles, Ns } from './units.js';

/** Position in `Machine.hosts`, `Machine.vms`, `Vm.vcpus`. */
export type HostId = number;
export type VmId = number;
export type VcpuId = number;

/** The guest kernels whose core is modelled; what differs between them is data of the model. */
export const KERNEL_VERSIONS = ['6.12.109', '6.12.117', '6.13', '6.15'] as const;
export type KernelVersion = (typeof KERNEL_VERSIONS)[number];

/** The KVM rules that the hosts follow. */
export const KVM_RULES = ['6.12'] as const;
export type KvmRules = (typeof KVM_RULES)[number];

/** The world a schedule runs in, fixed for the whole run. True time starts at 0, the same for all hosts. */
export interface Machine {
  readonly kernel: KernelVersion;
  readonly kvm: KvmRules;
  /** Ticks per second, CONFIG_HZ. */
  readonly hz: number;
  readonly nohz: 'off' | 'idle' | 'full';
  /**
   * Who makes ticks: the schedule's `tick` commands, so that a starved guest is one that gets
   * none, or the modelled device of each running vCPU as time elapses.
   */
  readonly tick: 'command' | 'clockevent';
  /** UTC at true time 0, in seconds since 1970. */
  readonly epochSec: bigint;
  /** A leap second that UTC inserts; left out: none. */
  readonly leapSecond?: LeapSecond;
  readonly hosts: readonly Host[];
  readonly vms: readonly Vm[];
  /** The premises that a law may lean on. Nothing else is a tolerance. */
  readonly declared: Declared;
}

/** UTC counts it as a second that was there before: from `atNs` on it is a second less. */
export interface LeapSecond {
  /** True time at which the second before is repeated, ns. */
  readonly atNs: Ns;
}

export interface Host {
  /** True frequency of its counter in Hz. */
  readonly counterHz: bigint;
  /** What its counter shows at true time 0, modulo 2^64. */
  readonly counterBoot: Cycles;
  /** How far its REALTIME is ahead of UTC (negative: behind), ns; left out: 0. */
  readonly realtimeErrorNs?: Ns;
}

export interface Vm {
  /** Where it boots. */
  readonly host: HostId;
  readonly vcpus: readonly Vcpu[];
  readonly clocksource: ClocksourceSpec;
  /** What the guest finds at suspend and resume to measure its sleep by: nothing, a clock of whole seconds (RTC), or one of ns. */
  readonly persistentClock: 'none' | 'seconds' | 'nanoseconds';
  /** Name of the pause, restore and migration design that its VMM follows. */
  readonly design: string;
  /** The timer device of each vCPU; left out: {@link PLAIN_CLOCKEVENT}. */
  readonly clockevent?: ClockeventSpec;
  /** How the guest keeps timers on CLOCK_MONOTONIC_RAW; left out: re-evaluated and compared. */
  readonly rawTimers?: RawTimers;
  /** How the hosts emulate the guest's deadline timer; left out: the device is one of its own. */
  readonly deadlineTimer?: DeadlineTimer;
  /** The time namespace that some of its tasks are in; left out: there is none. */
  readonly timeNamespace?: TimeNamespace;
  /**
   * The guest has registered a pvclock page: kvm-clock, if that is its clocksource, is computed from the
   * TSC, which is the hosts' counter, and its watchdogs go by it. Left out: a guest on kvm-clock reads the
   * hosts' counter as it is.
   */
  readonly kvmclock?: KvmclockSpec;
  /** Its time daemon; left out: none polls. */
  readonly daemon?: DaemonSpec;
  /** A program that takes time stamps and uses them later; left out: there is none. */
  readonly application?: ApplicationSpec;
}

/** What KVM says of the host's TSC: PVCLOCK_TSC_STABLE_BIT. */
export interface KvmclockSpec {
  /** Whether readings on different vCPUs are of one clock; otherwise the guest clamps what goes back. */
  readonly stable: boolean;
}

/** A one-shot device that interrupts after a while, counted by a clock of its own. */
export interface ClockeventSpec {
  /** How much faster (negative: slower) it counts than the counter that the clocks read, in parts per 10^9. */
  readonly ratePpb: bigint;
  /** The shortest that it can be programmed for, ns. */
  readonly minDeltaNs: Ns;
  /** The longest, ns: what is further is reached in pieces. */
  readonly maxDeltaNs: Ns;
}

/** Of a device that says nothing else: after the TSC deadline timer, on the counter itself. */
export const PLAIN_CLOCKEVENT: ClockeventSpec = {
  ratePpb: 0n,
  minDeltaNs: 1_000n,
  maxDeltaNs: 600_000_000_000n,
};

/** Timers on CLOCK_MONOTONIC_RAW are MONOTONIC timers: no kernel of 6.12 has them, seed 003 says how it could. */
export interface RawTimers {
  /** When the expiry is converted: as the timer is armed, or again at each tick of its vCPU. */
  readonly mapped: 'once' | 'at-each-tick';
  /** Whether RAW itself is compared before the callback, and what is early queued anew. */
  readonly compared: boolean;
}

/** The host's side of a deadline timer on the guest's counter, after KVM. */
export interface DeadlineTimer {
  /** What waits while the guest runs; a halted one is always waited for by an hrtimer of the host. */
  readonly by: 'hrtimer' | 'preemption-timer';
  /** What is done where the host's timer fired before the guest's counter reached the deadline. */
  readonly early: 'record' | 're-arm' | 'inject';
}

/** What the clocks show inside beyond what they show outside, ns: time_namespaces(7). */
export interface TimeNamespace {
  /** Of MONOTONIC, MONOTONIC_RAW and MONOTONIC_COARSE. */
  readonly monotonicNs: Ns;
  /** Of BOOTTIME. */
  readonly boottimeNs: Ns;
}

export interface Vcpu {
  /** How far its counter is ahead of the host's (negative: behind), in cycles. */
  readonly skewCycles: Cycles;
}

/** What a clocksource driver registers: real frequency = freq * scale Hz. */
export interface ClocksourceSpec {
  readonly name: string;
  readonly freq: bigint;
  /** 1 where the driver registers Hz, 1000 where it registers kHz. */
  readonly scale: bigint;
  /** Width of the counter: its mask is 2^widthBits - 1. */
  readonly widthBits: number;
  /** Whether it goes on counting while the guest is suspended, and the guest knows. */
  readonly nonstop: boolean;
}

/** What the machine, or the header of a recording, promises to the laws. */
export interface Declared {
  /** Upper bound on how far two vCPUs' counters differ at one instant. 0: synchronised. */
  readonly skewNs: Ns;
  /**
   * Largest relative error of the counter's nominal frequency against true time, in parts per
   * 10^9; null: the counter is not tied to host time at all, and no law compares the two.
   */
  readonly counterPpb: bigint | null;
  /** `stopError` of the design, per host stop and clock. */
  readonly stopErrorNs: { readonly monotonic: Ns; readonly boottime: Ns };
  /** Grid of the clock by which the guest measures its sleep: 1 for ns, 10^9 for an RTC. */
  readonly rtcResolutionNs: Ns;
  /** For subjects without tick events: the longest time from a tick's counter sample to its publication. */
  readonly publicationNs: Ns | null;
  /** For subjects without adjtimex events: range of the rate of MONOTONIC against the nominal counter, in parts per 10^9 beside 1. */
  readonly ratePpb: { readonly lowest: bigint; readonly highest: bigint } | null;
  /** A stop must be settled within this much fully running time. */
  readonly settleWithinNs: Ns;
  /** The largest error of a host's REALTIME, ns; left out: 0. */
  readonly realtimeNs?: Ns;
  /** A VMM takes no longer than this in all from one of its steps to the next of one command, ns; left out: for ever. */
  readonly gapNs?: Ns;
}
