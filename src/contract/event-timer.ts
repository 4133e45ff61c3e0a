import type { HeldCause, HostActor, TimerId, Timex, VcpuActor } from './schedule.js';
import type { Stamp } from './stamp.js';
import type { Cycles, Ns } from './units.js';

/** A timer on CLOCK_MONOTONIC_RAW was converted: it is queued on MONOTONIC for `monotonicNs`. */
export interface RawTimerMapped extends Stamp<'raw-timer-mapped', VcpuActor> {
  readonly timer: TimerId;
  readonly monotonicNs: Ns;
}

/** The timer device of a vCPU was programmed, or shut down: then `expiresNs` is null and `deltaNs` 0. */
export interface DeviceProgrammed extends Stamp<'device-programmed', VcpuActor> {
  /** What it is to interrupt for, on MONOTONIC. */
  readonly expiresNs: Ns | null;
  /** What it was programmed for, now or before nobody waited for it, between its shortest and its longest, in ns that NTP did not adjust. */
  readonly deltaNs: Ns;
}

/** The handler of the timer device's interrupt came to its end. */
export interface DeviceInterrupt extends Stamp<'device-interrupt', VcpuActor> {
  /** MONOTONIC as the handler read it first. */
  readonly comparedNs: Ns;
  /** Timers of the schedule and ticks that it found expired. */
  readonly expired: number;
  /** Timers that are still queued on this vCPU, the tick's among them. */
  readonly pending: number;
  /** How often it looked, from 1 to 3. */
  readonly rounds: number;
  /** It gave up after the third round: then the device waits for a while before the next. */
  readonly hung: boolean;
  /** What the device is programmed for at the end, from now on, ns; null: nothing. */
  readonly programmedNs: Ns | null;
}

/** The vCPU halted until its next interrupt. */
export interface VcpuIdle extends Stamp<'vcpu-idle', VcpuActor> {
  /** Whether it goes without its tick meanwhile. */
  readonly tickStopped: boolean;
  /** Timers queued on it, the tick's among them. */
  readonly pending: number;
}

/** An interrupt ended the halt. */
export interface VcpuWoken extends Stamp<'vcpu-woken', VcpuActor> {}

/** From here on no interrupt is taken on this vCPU, though it runs. */
export interface InterruptsHeld extends Stamp<'interrupts-held', VcpuActor> {
  readonly cause: HeldCause;
}

/** From here on they are taken again, what came meanwhile first. */
export interface InterruptsReleased extends Stamp<'interrupts-released', VcpuActor> {
  readonly cause: HeldCause;
}

/** The guest wrote the deadline of its timer, in counts of its counter as it reads them; null disarms it. */
export interface DeadlineWritten extends Stamp<'deadline-written', VcpuActor> {
  readonly deadline: Cycles | null;
  /** Its counter at that instant. */
  readonly counter: Cycles;
}

/** The guest was given the interrupt of its deadline timer. */
export interface DeadlineInterrupt extends Stamp<'deadline-interrupt', VcpuActor> {
  /** Its counter at that instant: below the deadline where the interrupt is early. */
  readonly counter: Cycles;
}

/** The host's thread of a halted vCPU went to sleep. */
export interface VcpuBlocked extends Stamp<'vcpu-blocked', VcpuActor> {
  /** Whether an interrupt waits to be delivered. */
  readonly interruptPending: boolean;
  /** Whether a timer of the host waits for the guest's deadline. */
  readonly hostTimerArmed: boolean;
}

/** adjtimex(2) was called on a host; its CLOCK_MONOTONIC runs at `ratePpb` parts per 10^9 beside its counter from here on. */
export interface HostNtpAdjusted extends Stamp<'host-ntp-adjusted', HostActor> {
  readonly timex: Timex;
  readonly ratePpb: bigint;
}
