import type { ClockId, ReadPath, TimerClockId } from './clock.js';
import type { HostId } from './machine.js';
import type {
  HostActor,
  SnapshotId,
  TaskActor,
  TimerId,
  Timex,
  VcpuActor,
  VmmActor,
} from './schedule.js';
import type { Cycles, Ns } from './units.js';

/**
 * When, in which life, and by whom.
 *
 * The true time of an event lies in the closed interval [earliestNs, latestNs]. A model knows the
 * instant, so both are equal; an operation that takes steps spans them all. A recorder without a
 * reference clock writes [0, FOREVER], the widest interval: unknown is not a special case.
 */
interface Stamp<Kind extends string, Who> {
  readonly kind: Kind;
  readonly actor: Who;
  /** Which life of the VM: a boot and every restore begin a new one, so two clones are never ordered with each other. */
  readonly incarnation: number;
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/** `counter` is the sample the value was made from, as the guest saw it; null where the subject does not know. */
export interface ClockRead extends Stamp<'clock-read', VcpuActor> {
  readonly clock: ClockId;
  readonly via: ReadPath;
  readonly ns: Ns;
  readonly counter: Cycles | null;
}

/** All clocks from one counter sample; `mult` is the multiplier that was in force. */
export interface SnapshotTaken extends Stamp<'snapshot-taken', VcpuActor> {
  readonly counter: Cycles;
  readonly monotonicNs: Ns;
  readonly rawNs: Ns;
  readonly boottimeNs: Ns;
  readonly realtimeNs: Ns;
  readonly taiNs: Ns;
  readonly mult: bigint;
}

/** The call was made with these arguments and returned `ret` (0, or a negative errno). */
export interface ClockSet extends Stamp<'clock-set', VcpuActor> {
  readonly sec: bigint;
  readonly nsec: bigint;
  readonly ret: number;
  /** REALTIME after minus before, in ns. */
  readonly stepNs: Ns;
}

/** adjtimex(2) was called with `timex` and returned `ret`; the rest is what the call gave back. */
export interface NtpAdjusted extends Stamp<'ntp-adjusted', VcpuActor> {
  readonly timex: Timex;
  readonly ret: number;
  /** Frequency in force, scaled ppm (65536 is 1 ppm). */
  readonly freq: bigint;
  /** Tick in force, microseconds per 1/100 s. */
  readonly tick: bigint;
  readonly status: number;
  readonly constant: bigint;
  /** Phase still to slew, ns or µs as the status says; after ADJ_OFFSET_SINGLESHOT the rest of the old adjustment, µs. */
  readonly offset: bigint;
}

/** The tick sampled the counter, `mult` is still in force; until `tick-published` other vCPUs run on it. Bound B2 is computed from the two. */
export interface TickSampled extends Stamp<'tick-sampled', VcpuActor> {
  readonly counter: Cycles;
  readonly mult: bigint;
}

/** The update became visible: `mult` is in force from here; `counter` as it was at that instant. A change of frequency by adjtimex(2) shows as the same pair. */
export interface TickPublished extends Stamp<'tick-published', VcpuActor> {
  readonly counter: Cycles;
  readonly mult: bigint;
  readonly cycleLast: Cycles;
}

/** `expiresNs` is the soft expiry on `clock`, absolute; it may fire up to `slackNs` later. `intervalNs` 0: one-shot. */
export interface TimerArmed extends Stamp<'timer-armed', VcpuActor> {
  readonly timer: TimerId;
  readonly clock: TimerClockId;
  readonly expiresNs: Ns;
  readonly slackNs: Ns;
  readonly intervalNs: Ns;
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

/**
 * A lockless reader that took steps accepted its data: the publication that each of its words
 * belongs to, in the order read; the counter's sample counts as one.
 */
export interface ReaderAccepted extends Stamp<'reader-accepted', VcpuActor> {
  readonly program: string;
  readonly words: readonly string[];
  readonly versions: readonly number[];
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
  | TimerArmed
  | TimerCancelled
  | TimerFired
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
  | ReaderAccepted
  | Skipped;

export type EventKind = Event['kind'];
export type EventOf<K extends EventKind> = Extract<Event, { readonly kind: K }>;

/** Where a subject puts its events, in the order they ended. */
export type Emit = (event: Event) => void;
