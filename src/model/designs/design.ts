import type { DesignEntry } from '../../contract/catalogue.js';
import type { HostId, VcpuId } from '../../contract/machine.js';
import type { SnapshotId } from '../../contract/schedule.js';
import type { Cycles } from '../../contract/units.js';
import type { PageGuards } from '../../programs/host-page.js';
import type { HostStep } from './host-step.js';

export * from './host-step.js';

/**
 * What a VMM does around a stop: lists of steps, so that they print, shrink and can be interleaved.
 *
 * Where a list of its own is left out, saving is pausing, `save-memory` and resuming; restoring is
 * `load-memory` and resuming; migrating is pausing, `move` and resuming.
 */
export interface Design extends DesignEntry {
  pause(vcpus: readonly VcpuId[]): readonly HostStep[];
  resume(vcpus: readonly VcpuId[]): readonly HostStep[];
  /** From a stopped VM; it must have `save-memory`. */
  save?(vcpus: readonly VcpuId[], snapshot: SnapshotId): readonly HostStep[];
  /** It must have `load-memory` and let the vCPUs go on. */
  restore?(vcpus: readonly VcpuId[], snapshot: SnapshotId): readonly HostStep[];
  /** From a stopped VM; it must have `move` and let the vCPUs go on. */
  migrate?(vcpus: readonly VcpuId[], to: HostId): readonly HostStep[];
  /** A VMM that is told to resume before it has stopped a vCPU does this; left out: it stops it first. */
  readonly callOff?: readonly HostStep[];
  /** What the guest does about it; left out: nothing. */
  readonly guest?: GuestSide;
  /** A stop may come before every vCPU has entered after the last one: the steps that are left are dropped. */
  readonly isInterruptible?: boolean;
}

/** The guest's side of a design. */
export interface GuestSide {
  /** What the interrupt or NMI of the design makes it do. */
  readonly handler?: Handler;
  /** How it freezes at the host's wish; left out: as told, see {@link Freeze}. */
  readonly freeze?: Freeze;
  /** The time daemon does not poll before the stop is handled. */
  readonly daemonWaits?: boolean;
  /** The page that the host shares with it; left out: there is none. */
  readonly page?: SharedPage;
  /** What becomes of Hyper-V's page, where the guest's clocks read it; left out: it is invalid until vCPU 0 enters. */
  readonly referencePage?: ReferencePagePolicy;
  /** Readers of the system clocks do not go further than so many cycles past the last update; left out: they do. */
  readonly horizon?: Horizon;
}

export interface Handler {
  readonly does: /** Takes what the page of stopped time grew by into BOOTTIME and REALTIME. */
    | 'inject-sleep'
    /** Takes the same out of MONOTONIC. */
    | 'subtract-drift'
    /** Sets REALTIME to the host's. */
    | 'step-realtime'
    /** Moves MONOTONIC on by what the host says has passed. */
    | 'forward-monotonic'
    /** Reads how long the stop was, and leaves all clocks as they are. */
    | 'note-stop'
    /** Reads the page of the new host. */
    | 'acknowledge';
  /** In the interrupt, in a work item that runs later, or in the NMI itself. */
  readonly when: 'interrupt' | 'work-item' | 'nmi';
  /** Clears NTP's state, so that STA_UNSYNC is set. */
  readonly clearsNtp: boolean;
  /** Wakes those who wait for the clock to be set. */
  readonly setsClock: boolean;
}

export interface Freeze {
  /** Whether all tasks freeze: otherwise the guest never acknowledges. */
  readonly freezes: boolean;
  /** Where the length of the stop comes from. */
  readonly length: 'told' | 'guest';
  readonly clearsNtp: boolean;
}

/** A page of the host's that user space reads, and how its readers go about it. */
export interface SharedPage {
  readonly of: 'stopped-time' | 'vmclock' | 'timekeeper' | 'virtio-pvclock';
  /** What a reader compares before and after, to see that nothing changed. */
  readonly guards: PageGuards;
  /** Whether a new host's page goes on with the sequence of the old. */
  readonly sequenceContinues: boolean;
  /** Whether the marker or count on it travels with the VM. */
  readonly countTravels: boolean;
  /** Whether it says the time, or only its marker is good for anything. */
  readonly saysTime: boolean;
}

/**
 * Between a change of KVM's clock and the entry of vCPU 0: readers ask the MSR, or read the old page, or
 * read it against a TSC that is emulated as it was, until the guest has acknowledged.
 */
export type ReferencePagePolicy = 'invalidate' | 'leave' | 'emulate';

/** As of `t_end` or `max_delta` in the 2021 thread on the latch. */
export interface Horizon {
  readonly maxDelta: Cycles;
  /** What a reader beyond it waits for. */
  readonly onBeyond: 'wait-for-the-writer' | 'wait-with-interrupts-off';
  /** Whether the writer goes on from its old value where it finds the counter behind. */
  readonly rebases: boolean;
}
