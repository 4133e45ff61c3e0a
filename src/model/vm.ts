import type { Emit } from '../contract/event.js';
import type { HostId, Vm as VmSpec } from '../contract/machine.js';
import type { TimerId, VmmActor } from '../contract/schedule.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Clocksource } from './clocksource.js';
import type { SystemTimeSnapshot } from './crosststamp.js';
import type { Design } from './designs/design.js';
import type { Rules } from './rules.js';
import { SharedWords } from './shared-words.js';
import { Timekeeper } from './timekeeper.js';
import type { TimensOffsets } from './timens.js';
import { TIMESPEC_ZERO, type Timespec } from './timespec.js';
import { type SavedVcpu, Vcpu } from './vcpu.js';
import type { World } from './world.js';

const NO_WATCHERS: ReadonlyMap<TimerId, Ns> = new Map();

/** What a VM is made of beside the machine's description. */
export interface Make {
  readonly design: Design;
  readonly clocksource: Clocksource;
  readonly rules: Rules;
}

/** One VM: its guest kernel's timekeeping, its vCPUs, and where it runs. */
export class Vm {
  readonly actor: VmmActor;
  readonly vcpus: readonly Vcpu[];
  readonly design: Design;
  readonly rules: Rules;
  host: HostId;
  incarnation: number;
  timekeeper: Timekeeper;
  words = new SharedWords();
  /** The vCPU that holds the timekeeper's lock: it was stopped in a tick. */
  lockHolder: Vcpu | undefined;
  /** What the host's counter showed when the VM's counters were stopped; undefined: they run. */
  stoppedCounter: bigint | undefined;
  /** True time at which the guest froze at the host's wish; undefined: it is not frozen. */
  frozenAtNs: Ns | undefined;
  /** Timers with TFD_TIMER_CANCEL_ON_SET, and REALTIME minus MONOTONIC as their waiters know it. */
  watchers: ReadonlyMap<TimerId, Ns> = NO_WATCHERS;
  /** The snapshot that a driver kept for its next cross timestamp. */
  history: SystemTimeSnapshot | undefined;
  /** What the clocks are ahead inside the time namespace; undefined: there is none. */
  readonly timens: TimensOffsets | undefined;
  /** Whether that freeze suspended the timekeeper: a guest that slept already goes on sleeping. */
  frozeTimekeeper = false;
  private readonly mask: Cycles;
  private readonly persistentClock: VmSpec['persistentClock'];

  constructor(
    id: number,
    spec: VmSpec,
    { design, clocksource, rules }: Make,
    readonly world: World,
    readonly emit: Emit,
  ) {
    this.actor = { vm: id, task: 'vmm' };
    this.design = design;
    this.rules = rules;
    this.host = spec.host;
    this.incarnation = world.nextIncarnation();
    this.mask = clocksource.mask;
    this.persistentClock = spec.persistentClock;
    this.timens = timensOf(spec);
    const nominalHz = spec.clocksource.freq * spec.clocksource.scale;
    this.vcpus = spec.vcpus.map(
      (vcpu, at) => new Vcpu({ vm: id, vcpu: at }, vcpu.skewCycles, nominalHz),
    );
    const { kernel, hz, epochSec } = world.machine;
    // The boot vCPU starts the clock: its counter is the one that cycle_last begins with.
    const [bootVcpu] = this.vcpus;
    const counter = world.counter(spec.host) + (bootVcpu?.offset ?? 0n);
    this.timekeeper = new Timekeeper({
      kernel,
      hz,
      rules,
      clocksource,
      counter: counter & this.mask,
      persistent: { sec: epochSec, nsec: 0n },
      bootNs: 0n,
    });
  }

  /** What a vCPU's counter shows, as wide as the guest reads it. */
  counter(vcpu: Vcpu): Cycles {
    return this.wideCounter(vcpu) & this.mask;
  }

  /** The same before it is cut to its width: what the clockevent device counts. */
  wideCounter(vcpu: Vcpu): bigint {
    return (this.stoppedCounter ?? this.world.counter(this.host)) + vcpu.offset;
  }

  /** Stops the counters of all vCPUs where they are. */
  stopCounters(): void {
    this.stoppedCounter ??= this.world.counter(this.host);
    this.findDue();
  }

  /** Lets them go on from there, on the host where the VM is now. */
  startCounters(): void {
    if (this.stoppedCounter === undefined) return;
    const jump = this.stoppedCounter - this.world.counter(this.host);
    for (const vcpu of this.vcpus) vcpu.offset += jump;
    this.stoppedCounter = undefined;
    this.findDue();
  }

  /** Works out anew when each device interrupts: after its programming, its counter or its host changed. */
  findDue(): void {
    for (const vcpu of this.vcpus) this.findDueOf(vcpu);
  }

  findDueOf(vcpu: Vcpu): void {
    const { deadline } = vcpu.clockevent;
    vcpu.dueNs =
      deadline === undefined || this.stoppedCounter !== undefined
        ? undefined
        : this.world.instantOf(this.host, deadline - vcpu.offset);
  }

  get isStopped(): boolean {
    return this.vcpus.every((vcpu) => !vcpu.running);
  }

  /** What the guest's persistent clock shows: zero where there is none. */
  persistentNow(): Timespec {
    if (this.persistentClock === 'none') return TIMESPEC_ZERO;
    const { nowNs, machine } = this.world;
    const sec = machine.epochSec + nowNs / NSEC_PER_SEC;
    return { sec, nsec: this.persistentClock === 'seconds' ? 0n : nowNs % NSEC_PER_SEC };
  }

  save(): SavedVm {
    return {
      timekeeper: this.timekeeper.clone(),
      words: this.words.clone(),
      vcpus: this.vcpus.map((vcpu) => vcpu.save()),
      lockHolder: this.lockHolder,
      stoppedCounter: this.stoppedCounter,
      frozenAtNs: this.frozenAtNs,
      frozeTimekeeper: this.frozeTimekeeper,
      watchers: this.watchers,
      history: this.history,
    };
  }

  /** Takes up a saved life as a new incarnation; the vCPUs stay as they are. */
  load(saved: SavedVm): void {
    this.incarnation = this.world.nextIncarnation();
    this.timekeeper = saved.timekeeper.clone();
    this.words = saved.words.clone();
    this.vcpus.forEach((vcpu, at) => {
      const from = saved.vcpus[at];
      if (from !== undefined) vcpu.load(from);
    });
    this.lockHolder = saved.lockHolder;
    this.stoppedCounter = saved.stoppedCounter;
    this.frozenAtNs = saved.frozenAtNs;
    this.frozeTimekeeper = saved.frozeTimekeeper;
    this.watchers = saved.watchers;
    this.history = saved.history;
    this.findDue();
  }
}

/** A snapshot: guest memory, vCPU state, and what the host's counter showed if the counters stood. */
export interface SavedVm {
  readonly timekeeper: Timekeeper;
  readonly words: SharedWords;
  readonly vcpus: readonly SavedVcpu[];
  readonly lockHolder: Vcpu | undefined;
  readonly stoppedCounter: bigint | undefined;
  readonly frozenAtNs: Ns | undefined;
  readonly frozeTimekeeper: boolean;
  readonly watchers: ReadonlyMap<TimerId, Ns>;
  readonly history: SystemTimeSnapshot | undefined;
}

function timensOf({ timeNamespace }: VmSpec): TimensOffsets | undefined {
  if (timeNamespace === undefined) return undefined;
  return { monotonic: timeNamespace.monotonicNs, boottime: timeNamespace.boottimeNs };
}
