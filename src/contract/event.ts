import type { TimerClockId } from './clock.js';
import type {
  ClockRead,
  ClockSet,
  CrossTimestamped,
  LeapApplied,
  NamespaceRead,
  NtpAdjusted,
  SnapshotTaken,
  TickPublished,
  TickSampled,
  TimekeeperPublished,
} from './event-clock.js';
import type { DataPublished, ReaderAccepted, ReaderWaited } from './event-reader.js';
import type {
  CounterSeen,
  DaemonPolled,
  FreezeAborted,
  FreezeAcknowledged,
  FreezeRequested,
  KvmclockGot,
  PvclockWritten,
  StoppedTimeRead,
  StoppedUncooperatively,
  Thawed,
  TimestampTaken,
  TimestampUsed,
  WatchdogChecked,
  WatchdogTouched,
} from './event-stop.js';
import type {
  DeadlineInterrupt,
  DeadlineWritten,
  DeviceInterrupt,
  DeviceProgrammed,
  HostNtpAdjusted,
  InterruptsHeld,
  InterruptsReleased,
  RawTimerMapped,
  VcpuBlocked,
  VcpuIdle,
  VcpuWoken,
} from './event-timer.js';
import type { HostId } from './machine.js';
import type { HostActor, SnapshotId, TaskActor, TimerId, VcpuActor, VmmActor } from './schedule.js';
import type { Stamp } from './stamp.js';
import type { Ns } from './units.js';

export type * from './event-clock.js';
export type * from './event-reader.js';
export type * from './event-stop.js';
export type * from './event-timer.js';

/** A task inside asked for an absolute expiry at `expiresNs`; the kernel took it for `hostNs` outside. */
export interface NamespaceTimerArmed extends Stamp<'namespace-timer-armed', VcpuActor> {
  readonly timer: TimerId;
  readonly clock: TimerClockId;
  readonly expiresNs: Ns;
  readonly hostNs: Ns;
}

/** `expiresNs` is the soft expiry on `clock`, absolute; it may fire up to `slackNs` later. `intervalNs` 0: one-shot. */
export interface TimerArmed extends Stamp<'timer-armed', VcpuActor> {
  readonly timer: TimerId;
  readonly clock: TimerClockId;
  readonly expiresNs: Ns;
  readonly slackNs: Ns;
  readonly intervalNs: Ns;
  /** It wakes a guest that suspended itself. */
  readonly wakes?: boolean;
  /** Who waits for it is woken when the clock is set. */
  readonly cancelOnSet?: boolean;
}

/** REALTIME was set: who waits for a timer that is to be cancelled then was woken. The timer stays armed. */
export interface WatcherWoken extends Stamp<'watcher-woken', VcpuActor> {
  readonly timer: TimerId;
}

export interface TimerCancelled extends Stamp<'timer-cancelled', VcpuActor> {
  readonly timer: TimerId;
}

/** The callback began; null where the subject does not know. */
export interface TimerFired extends Stamp<'timer-fired', VcpuActor> {
  readonly timer: TimerId;
  readonly clock: TimerClockId;
  /** What the expiry code compared with. */
  readonly comparedNs: Ns | null;
  /** What the callback read from that clock. */
  readonly readNs: Ns | null;
  /** TAI as the callback read it at the same counter; left out where the subject does not tell. */
  readonly readTaiNs?: Ns;
  /** Periods that passed with this delivery, 1 for a one-shot. */
  readonly expirations: bigint;
}

export interface GuestSuspended extends Stamp<'guest-suspended', VcpuActor> {}
export interface GuestResumed extends Stamp<'guest-resumed', VcpuActor> {}

/** A VM began its life: a new order of its events. */
export interface Booted extends Stamp<'booted', VmmActor> {
  readonly host: HostId;
}

export interface VcpuStarted extends Stamp<'vcpu-started', VcpuActor> {}
export interface VcpuStopped extends Stamp<'vcpu-stopped', VcpuActor> {}

/** The host's list of steps around a stop has ended and every handler that the design gives the guest has completed. */
export interface StopHandled extends Stamp<'stop-handled', VmmActor> {}

/** The state of the VM at this instant is `snapshot`. */
export interface VmSaved extends Stamp<'vm-saved', VmmActor> {
  readonly snapshot: SnapshotId;
}

/** The VM took up the life of `snapshot` as a new incarnation, which is that of this event. */
export interface VmRestored extends Stamp<'vm-restored', VmmActor> {
  readonly snapshot: SnapshotId;
}

export interface VmMigrated extends Stamp<'vm-migrated', VmmActor> {
  readonly from: HostId;
  readonly to: HostId;
}

/** A step of the design, by its public name (`pause-vcpu 0`, `set-tsc 1`, `notify-guest`). */
export interface HostStepTaken extends Stamp<'host-step-taken', VmmActor> {
  readonly step: string;
}

/** The command meant nothing here, or is not modelled. */
export interface Skipped extends Stamp<'skipped', VcpuActor | TaskActor | HostActor> {
  /** Position in the schedule, from 0. */
  readonly command: number;
  readonly because: string;
}

export type Event =
  | ClockRead
  | SnapshotTaken
  | ClockSet
  | NtpAdjusted
  | TickSampled
  | TickPublished
  | LeapApplied
  | TimekeeperPublished
  | CrossTimestamped
  | NamespaceRead
  | NamespaceTimerArmed
  | TimerArmed
  | TimerCancelled
  | TimerFired
  | WatcherWoken
  | RawTimerMapped
  | DeviceProgrammed
  | DeviceInterrupt
  | VcpuIdle
  | VcpuWoken
  | InterruptsHeld
  | InterruptsReleased
  | DeadlineWritten
  | DeadlineInterrupt
  | VcpuBlocked
  | HostNtpAdjusted
  | GuestSuspended
  | GuestResumed
  | Booted
  | VcpuStarted
  | VcpuStopped
  | StopHandled
  | VmSaved
  | VmRestored
  | VmMigrated
  | HostStepTaken
  | DaemonPolled
  | TimestampTaken
  | TimestampUsed
  | WatchdogTouched
  | WatchdogChecked
  | StoppedTimeRead
  | FreezeRequested
  | FreezeAcknowledged
  | FreezeAborted
  | Thawed
  | StoppedUncooperatively
  | CounterSeen
  | PvclockWritten
  | KvmclockGot
  | DataPublished
  | ReaderAccepted
  | ReaderWaited
  | Skipped;

export type EventKind = Event['kind'];
export type EventOf<K extends EventKind> = Extract<Event, { readonly kind: K }>;

/** Where a subject puts its events, in the order they ended. */
export type Emit = (event: Event) => void;
