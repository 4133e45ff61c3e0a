import type { ClockId, ReadPath } from './clock.js';
import type { Timex, VcpuActor } from './schedule.js';
import type { Stamp } from './stamp.js';
import type { Cycles, Ns } from './units.js';

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
  /** A handler or an agent that belongs to the design around a stop made the call; left out: anybody else. */
  readonly byDesign?: boolean;
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
  /** The time of the call; left out where the subject does not tell. */
  readonly at?: NtpTime;
}

/** What adjtimex(2) says of the time at which it was called. */
export interface NtpTime {
  /** The sample that it was made from. */
  readonly counter: Cycles;
  /** REALTIME, whole seconds. */
  readonly sec: bigint;
  /** The rest, cut to whole µs unless the status has STA_NANO, in ns. */
  readonly nsec: Ns;
  /** TAI minus REALTIME, s. */
  readonly tai: bigint;
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

/**
 * A tick, or whoever else counted the seconds, carried out a leap second: REALTIME stepped by `stepNs`,
 * -10^9 where one was inserted, 10^9 where one was deleted.
 */
export interface LeapApplied extends Stamp<'leap-applied', VcpuActor> {
  readonly stepNs: Ns;
}

/**
 * What became visible to readers, from the inside: struct timekeeper after any of its updates. For
 * the laws that look into the core; a subject that is a black box emits none.
 */
export interface TimekeeperPublished extends Stamp<'timekeeper-published', VcpuActor> {
  readonly cycleLast: Cycles;
  readonly mult: bigint;
  readonly mask: Cycles;
  readonly shift: bigint;
  /** The same of the base that MONOTONIC_RAW is read from. */
  readonly rawCycleLast: Cycles;
  readonly rawMask: Cycles;
  readonly rawShift: bigint;
  /** REALTIME minus MONOTONIC, ns. */
  readonly offsReal: Ns;
  /** TAI minus REALTIME, s. */
  readonly taiOffset: bigint;
  /** Modulo 2^32. */
  readonly clockWasSetSeq: bigint;
  /** STA_* bits. */
  readonly status: number;
  /** A tick's length by NTP that mult was chosen for, ns << 32. */
  readonly ntpTick: bigint;
  /** Ideal minus accumulated MONOTONIC at cycleLast, ns << 32. */
  readonly ntpError: bigint;
}

/**
 * A device captured `device` of the counter; asked at `counter`, the guest said what its clocks
 * showed then. `history`: of the snapshot that the driver had kept, if any.
 */
export interface CrossTimestamped extends Stamp<'cross-timestamped', VcpuActor> {
  readonly device: Cycles;
  readonly counter: Cycles;
  readonly history: Cycles | null;
  /** 0 or a negative errno; then the rest is 0. */
  readonly ret: number;
  readonly realtimeNs: Ns;
  readonly rawNs: Ns;
}

/** A task inside the VM's time namespace read a clock; fields as of `clock-read`. */
export interface NamespaceRead extends Stamp<'namespace-read', VcpuActor> {
  readonly clock: ClockId;
  readonly via: ReadPath;
  readonly ns: Ns;
  readonly counter: Cycles | null;
}
