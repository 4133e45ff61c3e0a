import type { Signs, WatchdogName } from './consumer.js';
import type { HostId, VcpuId } from './machine.js';
import type { ApplicationActor, DaemonActor, VcpuActor, VmmActor } from './schedule.js';
import type { Stamp } from './stamp.js';
import type { Cycles, Ns } from './units.js';

/** The time daemon looked: at the signs first, then at REALTIME and at its source, at one instant. */
export interface DaemonPolled extends Stamp<'daemon-polled', DaemonActor> {
  /** The vCPU that it ran on. */
  readonly on: VcpuId;
  readonly signs: Signs;
  readonly realtimeNs: Ns;
  /** What its source says of UTC, ± `sourceErrorNs`. */
  readonly sourceNs: Ns;
  readonly sourceErrorNs: Ns;
  /** What it did about the difference. */
  readonly did: 'step' | 'slew' | 'panic' | 'nothing';
  /** The error that it reports of the clock, and the bound that it believes, ns. */
  readonly believedErrorNs: Ns;
}

/** The application took a time stamp and noted the signs as they are. */
export interface TimestampTaken extends Stamp<'timestamp-taken', ApplicationActor> {
  readonly on: VcpuId;
  readonly signs: Signs;
  /** REALTIME as it was stamped. */
  readonly realtimeNs: Ns;
}

/** The application used the time stamp that it took last; `signs` as they are now. */
export interface TimestampUsed extends Stamp<'timestamp-used', ApplicationActor> {
  readonly on: VcpuId;
  readonly signs: Signs;
  readonly realtimeNs: Ns;
}

/** Whoever is watched says that it lives. A boot, and a watchdog that was told to forgive, count as a touch. */
export interface WatchdogTouched extends Stamp<'watchdog-touched', VcpuActor> {
  readonly watchdog: WatchdogName;
}

/** The watchdog looked. */
export interface WatchdogChecked extends Stamp<'watchdog-checked', VcpuActor> {
  readonly watchdog: WatchdogName;
  /** What its clock counts since the last touch, ns. */
  readonly elapsedNs: Ns;
  readonly thresholdNs: Ns;
  /** PVCLOCK_GUEST_STOPPED was set: it was touched instead. */
  readonly forgave: boolean;
  readonly fired: boolean;
}

/** The guest's kernel read, wherever its host tells it, for how long it was stopped so far, in all. */
export interface StoppedTimeRead extends Stamp<'stopped-time-read', VcpuActor> {
  /** `suspend-time-page`, `drift-page`, `freeze`. */
  readonly by: string;
  readonly totalNs: Ns;
}

/** The host asked the guest to freeze, again or for the first time. */
export interface FreezeRequested extends Stamp<'freeze-requested', VmmActor> {}

/** The guest has frozen: no task takes a step before `thawed`. */
export interface FreezeAcknowledged extends Stamp<'freeze-acknowledged', VcpuActor> {}

/** The host called a freeze off. */
export interface FreezeAborted extends Stamp<'freeze-aborted', VmmActor> {}

/** Tasks go on. */
export interface Thawed extends Stamp<'thawed', VcpuActor> {}

/** The host declared, by a sign, that it stops a guest that did not freeze. */
export interface StoppedUncooperatively extends Stamp<'stopped-uncooperatively', VmmActor> {}

/** The counter of a vCPU, from inside the hypervisor: as it stops, as it starts, and after it was written. */
export interface CounterSeen extends Stamp<'counter-seen', VcpuActor> {
  readonly host: HostId;
  readonly hostCounter: Cycles;
  /** counter = (hostCounter * ratio >> fraction) + offset, modulo 2^64. */
  readonly ratio: bigint;
  readonly fraction: bigint;
  readonly offset: Cycles;
  /** MSR TSC_ADJUST, signed. */
  readonly adjust: bigint;
  /** vCPUs that were written together have one. */
  readonly generation: number;
  readonly counter: Cycles;
  /** Another counter that the guest can read, if the machine has one: CNTPCT beside CNTVCT. */
  readonly physical: Cycles | null;
  readonly because: 'stop' | 'start' | 'host-write' | 'guest-write';
}

/** KVM wrote the pvclock page of a vCPU. */
export interface PvclockWritten extends Stamp<'pvclock-written', VcpuActor> {
  readonly tscTimestamp: Cycles;
  readonly systemTime: Ns;
  readonly tscToSystemMul: bigint;
  readonly tscShift: number;
  readonly stable: boolean;
  /** The vCPU's TSC at this instant. */
  readonly tsc: Cycles;
  /** KVM_SET_CLOCK, a boot or a restore asked for another time; otherwise KVM only went on. */
  readonly isSet: boolean;
}

/** KVM_GET_CLOCK. */
export interface KvmclockGot extends Stamp<'kvmclock-got', VmmActor> {
  readonly clockNs: Ns;
  /** What vCPU 0 would read from its TSC at this instant. */
  readonly tsc: Cycles;
  readonly stable: boolean;
}
