import { type ApplicationSpec, DAEMONS, type DaemonSpec } from './consumer.js';
import type { ClocksourceSpec, Declared, Host, KvmclockSpec, LeapSecond, Vm } from './machine.js';
import type { Source } from './property.js';
import type { Ns } from './units.js';

/** One row of a catalogue, as `tickproof list` shows it. */
export interface Entry {
  readonly name: string;
  readonly statement: string;
  readonly source: Source;
}

/** A law that a design cannot keep, and why. */
export interface Broken {
  readonly law: string;
  readonly because: string;
}

export interface DesignEntry extends Entry {
  /** `stopError` of laws.md: what its mechanism cannot represent, per stop and clock. */
  readonly stopErrorNs: { readonly monotonic: Ns; readonly boottime: Ns };
  /** Whether it says what becomes of the counters on another host; otherwise no migration is drawn for it. */
  readonly migrates: boolean;
  /** The expected row of the matrix: every law that it breaks. */
  readonly breaks: readonly Broken[];
  /** Laws of the matrix whose premise cannot come true under it. */
  readonly vacuous?: readonly Broken[];
  /** Where the matrix plays it, what it says of that itself; the rest is {@link PLAIN_SCENE}. */
  readonly scene?: Partial<Scene>;
  /** It says what it does on any machine, so `check` draws some; left out: on that of its scene. */
  readonly isOfAnyMachine?: boolean;
}

/** The machine and the stops on which the matrix plays a design: the fixed conditions of its row. */
export interface Scene {
  /** `save`: a snapshot is saved, and restored some time later; `host-suspend`: the host sleeps. */
  readonly stop: 'pause' | 'migrate' | 'save' | 'host-suspend';
  readonly stopsAtMost: number;
  /** How long a stop lasts, ns. */
  readonly stoppedNs: { readonly least: Ns; readonly most: Ns };
  /** How long the VMM takes in all between the steps of one side of a stop, at most, ns. */
  readonly mostGapNs: Ns;
  /** Whether a VMM is told to pause twice, or to resume before it has stopped anything. */
  readonly callsOff: boolean;
  /** Who asks for the time: the system's clocks, or the page that the host shares. */
  readonly reads: 'clocks' | 'page';
  /** Whether timers are armed, tasks poll and watchdogs look. */
  readonly hasTimers: boolean;
  readonly hasTasks: boolean;
  readonly hasWatchdogs: boolean;
  readonly clocksource: ClocksourceSpec;
  readonly vcpuSkewCycles: readonly bigint[];
  readonly hosts: readonly Host[];
  readonly kvmclock: KvmclockSpec | null;
  readonly leapSecond: LeapSecond | null;
  /** UTC at true time 0. */
  readonly epochSec: bigint;
  /** What the guest measures a sleep of its own by. */
  readonly persistentClock: Vm['persistentClock'];
  readonly daemon: DaemonSpec;
  readonly application: ApplicationSpec;
  readonly declared: Partial<Declared>;
}

/** Up for an hour as the guest boots: its counter is nowhere near 0, which KVM takes for a word of its own. */
const PLAIN_HOST: Host = {
  counterHz: 2_000_000_000n,
  counterBoot: 7_200_000_000_000n,
  realtimeErrorNs: 0n,
};

/** Two vCPUs on a synchronised TSC of 2 GHz, and stops of a minute: the fixed conditions of the matrix. */
export const PLAIN_SCENE: Scene = {
  stop: 'pause',
  stopsAtMost: 3,
  stoppedNs: { least: 60_000_000_000n, most: 60_000_000_000n },
  mostGapNs: 400_000n,
  callsOff: false,
  reads: 'clocks',
  hasTimers: true,
  hasTasks: true,
  hasWatchdogs: true,
  clocksource: {
    name: 'kvm-clock',
    freq: 1_000_000_000n,
    scale: 1n,
    widthBits: 64,
    nonstop: false,
  },
  vcpuSkewCycles: [0n, 0n],
  hosts: [PLAIN_HOST, PLAIN_HOST],
  kvmclock: { stable: true },
  leapSecond: null,
  epochSec: 1_700_002_800n,
  persistentClock: 'nanoseconds',
  daemon: DAEMONS.chrony,
  application: {
    listensTo: ['unsync', 'cancel-on-set', 'marker', 'freeze'],
    staleLimitNs: 1_000_000_000n,
  },
  declared: {},
};

export interface FaultEntry extends Entry {
  /** The laws that catch it; the first one is sure to. */
  readonly breaks: readonly string[];
  /** Commands of the shortest schedule under which that one does: proven in the tests. */
  readonly minimum: number;
}
