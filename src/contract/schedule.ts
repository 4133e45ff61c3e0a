import type { ClockId, ReadPath, TimerClockId } from './clock.js';
import type { WatchdogName } from './consumer.js';
import type { HostId, Machine, VcpuId, VmId } from './machine.js';
import type { Cycles, Ns } from './units.js';

export interface VcpuActor {
  readonly vm: VmId;
  readonly vcpu: VcpuId;
}

/** A process: the VMM on the host, or one inside the guest. */
export interface TaskActor {
  readonly vm: VmId;
  readonly task: 'vmm' | 'daemon' | 'application' | 'agent';
}

export interface VmmActor extends TaskActor {
  readonly task: 'vmm';
}

export interface DaemonActor extends TaskActor {
  readonly task: 'daemon';
}

export interface ApplicationActor extends TaskActor {
  readonly task: 'application';
}

export interface HostActor {
  readonly host: HostId;
}

/** Who acts. Every command and every event has one. */
export type Actor = VcpuActor | TaskActor | HostActor;

/** Names one timer of a VM. */
export type TimerId = number;
/** Names one saved state of a VM. */
export type SnapshotId = number;

/** The arguments of adjtimex(2), in the kernel's units; a field left out is 0. */
export interface Timex {
  /** ADJ_* bits. */
  readonly modes: number;
  readonly offset?: bigint;
  /** Scaled ppm: 65536 is 1 ppm. */
  readonly freq?: bigint;
  readonly maxerror?: bigint;
  readonly esterror?: bigint;
  /** STA_* bits. */
  readonly status?: number;
  readonly constant?: bigint;
  /** Microseconds per 1/100 s: 10000 is nominal. */
  readonly tick?: bigint;
  readonly timeSec?: bigint;
  readonly timeUsec?: bigint;
}

/**
 * An operation may be stopped after some of its steps; `continue` takes its actor on.
 * One that is a single step in the subject at hand runs to its end.
 */
interface Stoppable {
  /** Preempts the actor after this many steps, from 1; left out: not preempted. */
  readonly stopAfter?: number;
}

/** A task inside the VM's time namespace may make the call. */
interface Namespaced {
  /** Left out, or where the VM has no such namespace: the initial one. */
  readonly inNamespace?: boolean;
}

/** What keeps a vCPU from its interrupts while it runs. */
export const HOLD_CAUSES = ['irq-off', 'smi', 'nmi'] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

/** The same as events tell it: a vCPU that was stopped in the middle of an operation takes none either. */
export const HELD_CAUSES = [...HOLD_CAUSES, 'preempted'] as const;
export type HeldCause = (typeof HELD_CAUSES)[number];

interface VcpuAct<Kind extends string> {
  readonly kind: Kind;
  readonly actor: VcpuActor;
}

interface VmmAct<Kind extends string> {
  readonly kind: Kind;
  readonly actor: VmmActor;
}

/** A task of the guest acts, while it runs on a vCPU. */
interface TaskAct<Kind extends string, Who extends TaskActor> {
  readonly kind: Kind;
  readonly actor: Who;
  readonly on: VcpuId;
}

/**
 * One act of a host, a vCPU or a task.
 *
 * Commands are total: where one means nothing (a resume without a pause) it does nothing and says
 * so in a `skipped` event. So any subsequence of a schedule is a schedule: shrinking is deletion.
 */
export type Command =
  /** True time passes; due device interrupts of running vCPUs are delivered in order. */
  | { readonly kind: 'elapse'; readonly ns: Ns }
  | (VcpuAct<'read'> & { readonly clock: ClockId; readonly via: ReadPath } & Stoppable & Namespaced)
  /** All clocks from one counter sample, as ktime_get_snapshot(). */
  | VcpuAct<'snapshot'>
  /**
   * The system's time at the counter value that a device captured `cyclesAgo` before, as
   * get_device_system_crosststamp(); with `history` the driver kept the VM's last snapshot.
   */
  | (VcpuAct<'cross-timestamp'> & { readonly cyclesAgo: Cycles; readonly history: boolean })
  | (VcpuAct<'tick'> & Stoppable)
  /** clock_settime(CLOCK_REALTIME): as the system call, so it may be invalid. */
  | (VcpuAct<'settime'> & { readonly sec: bigint; readonly nsec: bigint } & Stoppable)
  | (VcpuAct<'adjtimex'> & { readonly timex: Timex } & Stoppable)
  /** Arms a timer; `relative` counts from now on `clock` (for REALTIME and TAI: on MONOTONIC, as timer_settime(2)). */
  | (VcpuAct<'arm'> & {
      readonly timer: TimerId;
      readonly clock: TimerClockId;
      readonly expiresNs: Ns;
      readonly relative: boolean;
      readonly slackNs: Ns;
      /** It goes on with this period, above 0; left out or 0: a one-shot. */
      readonly intervalNs?: Ns;
      /** Of REALTIME and BOOTTIME: it wakes a guest that suspended itself. CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM. */
      readonly wakes?: boolean;
      /** Of a timer on REALTIME: wake whoever waits for it when the clock is set. TFD_TIMER_CANCEL_ON_SET. */
      readonly cancelOnSet?: boolean;
      /**
       * Its vCPU is preempted in the callback, after the expiry was compared and before the callback reads
       * the clock; `continue` takes it on.
       */
      readonly stopInCallback?: boolean;
    } & Namespaced)
  | (VcpuAct<'cancel'> & { readonly timer: TimerId })
  /** Nothing to run: the vCPU halts until its next interrupt. */
  | VcpuAct<'idle'>
  /** No interrupt is taken on this vCPU for `ns`, by a section with interrupts off or by one that the kernel does not see. */
  | (VcpuAct<'hold-interrupts'> & { readonly ns: Ns; readonly cause: HoldCause })
  | (VcpuAct<'guest-suspend'> & Stoppable)
  | (VcpuAct<'guest-resume'> & Stoppable)
  | (VmmAct<'vm-pause'> & Stoppable)
  | (VmmAct<'vm-resume'> & Stoppable)
  | (VmmAct<'vm-save'> & { readonly snapshot: SnapshotId } & Stoppable)
  | (VmmAct<'vm-restore'> & { readonly snapshot: SnapshotId } & Stoppable)
  | (VmmAct<'vm-migrate'> & { readonly to: HostId } & Stoppable)
  /**
   * Every VM of the host stops where it is, as the host goes to sleep; `host-resume` lets them go on, and
   * may be stopped after some steps that are taken for each. With `wakesAfterNs` the host wakes by itself.
   */
  | ({
      readonly kind: 'host-suspend';
      readonly actor: HostActor;
      readonly wakesAfterNs?: Ns;
    } & Stoppable)
  | ({ readonly kind: 'host-resume'; readonly actor: HostActor } & Stoppable)
  /** The time daemon looks at its source, while it runs on that vCPU. */
  | TaskAct<'daemon-poll', DaemonActor>
  /** The application takes a time stamp, or uses the one that it took last. */
  | TaskAct<'take-timestamp', ApplicationActor>
  | TaskAct<'use-timestamp', ApplicationActor>
  /** Whoever is watched on this vCPU says that it lives, or the watchdog looks whether it did. */
  | (VcpuAct<'touch-watchdog'> & { readonly watchdog: WatchdogName })
  | (VcpuAct<'check-watchdog'> & { readonly watchdog: WatchdogName })
  /** What the guest's kernel put off to a work item runs now, on this vCPU. */
  | VcpuAct<'run-deferred'>
  /** adjtimex(2) on a host: its CLOCK_MONOTONIC changes its rate, and with it the timers that wait for guests. */
  | { readonly kind: 'host-adjtimex'; readonly actor: HostActor; readonly timex: Timex }
  /** The actor goes on with the operation it was stopped in; without `steps` to its end. */
  | { readonly kind: 'continue'; readonly actor: VcpuActor | VmmActor; readonly steps?: number };

export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { readonly kind: K }>;

export interface Schedule {
  readonly machine: Machine;
  readonly commands: readonly Command[];
}
