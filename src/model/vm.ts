import type { Emit } from '../contract/event.js';
import type { DeadlineTimer, HostId, RawTimers, Vm as VmSpec } from '../contract/machine.js';
import type { TimerId, VmmActor } from '../contract/schedule.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { Away } from './away.js';
import type { ClockeventOptions } from './clockevent.js';
import type { Clocksource } from './clocksource.js';
import type { SystemTimeSnapshot } from './crosststamp.js';
import type { Design } from './designs/design.js';
import { GuestState } from './guest-state.js';
import { bootPage } from './host-page.js';
import { armHostTimer, isHostTimed } from './host-timer.js';
import { PLAIN_RAW_TIMERS } from './raw-timers.js';
import type { Rules } from './rules.js';
import type { SavedVm } from './saved-vm.js';
import { SharedWords } from './shared-words.js';
import { Jiffies } from './tick-sched.js';
import { Timekeeper } from './timekeeper.js';
import { type TimensOffsets, timensOf } from './timens.js';
import { TIMESPEC_ZERO, type Timespec } from './timespec.js';
import { Vcpu } from './vcpu.js';
import { VmClocks } from './vm-clocks.js';
import type { World } from './world.js';

/** Where the vCPU has the counter, it has the deadline timer that goes with it. */
const X86_COUNTERS: ReadonlySet<string> = new Set(['tsc', 'kvm-clock', 'virtio-pvclock']);

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
  watchers = new Map<TimerId, Ns>();
  /** Who keeps time, and how far it is counted. */
  jiffies = new Jiffies();
  /** True time at which an alarm wakes the guest from its suspend; undefined: none will. */
  alarmAtNs: Ns | undefined;
  /** The snapshot that a driver kept for its next cross timestamp. */
  history: SystemTimeSnapshot | undefined;
  /** What the clocks are ahead inside the time namespace; undefined: there is none. */
  readonly timens: TimensOffsets | undefined;
  readonly rawTimers: RawTimers;
  /** How the host emulates the deadline timer; undefined: the device is one of its own. */
  readonly deadlineTimer: DeadlineTimer | undefined;
  /** For so long the vCPU that keeps time may go without a tick. */
  readonly maxIdleNs: Ns;
  /** Whether that freeze suspended the timekeeper: a guest that slept already goes on sleeping. */
  frozeTimekeeper = false;
  /** What it knows of stops, and what its tasks keep. */
  guest = new GuestState();
  /** The host's books on how long it was stopped. */
  readonly away = new Away();
  /** The disruption marker, or count of migrations, and the generation on a page of the host's. */
  marker = 0n;
  generation = 0n;
  readonly daemon: VmSpec['daemon'];
  readonly hasApplication: boolean;
  /** What the driver of its counter is called. */
  readonly clocksource: string;
  /** Nominal frequency of that counter. */
  readonly nominalHz: bigint;
  /** kvmclock, and what KVM and the VMM know of the counters. */
  readonly clocks: VmClocks;
  private readonly mask: Cycles;
  readonly persistentClock: VmSpec['persistentClock'];

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
    this.clocksource = spec.clocksource.name;
    this.nominalHz = spec.clocksource.freq * spec.clocksource.scale;
    this.mask = clocksource.mask;
    this.persistentClock = spec.persistentClock;
    this.daemon = spec.daemon;
    this.hasApplication = spec.application !== undefined;
    this.timens = timensOf(spec);
    this.rawTimers = rules.rawTimers(spec.rawTimers ?? PLAIN_RAW_TIMERS);
    this.deadlineTimer = spec.deadlineTimer;
    this.maxIdleNs = clocksource.maxIdleNs;
    const readsPage = spec.kvmclock !== undefined || spec.clocksource.name === 'virtio-pvclock';
    const device: ClockeventOptions = {
      spec: spec.clockevent,
      // The deadline is one of the TSC, also where the clocks read a page.
      counterHz: readsPage ? world.hostOf(spec.host).counterHz : this.nominalHz,
      isTscDeadline: X86_COUNTERS.has(spec.clocksource.name),
      rules,
    };
    this.vcpus = spec.vcpus.map(
      (vcpu, at) => new Vcpu({ vm: id, vcpu: at }, vcpu.skewCycles, device),
    );
    const { kernel, hz, epochSec } = world.machine;
    // The boot vCPU starts the clock: its counter is the one that cycle_last begins with.
    const [bootVcpu] = this.vcpus;
    this.clocks = new VmClocks(this, spec.kvmclock);
    const counter = bootVcpu === undefined ? 0n : this.counter(bootVcpu);
    this.timekeeper = new Timekeeper({
      kernel,
      hz,
      rules,
      clocksource,
      counter,
      persistent: { sec: epochSec, nsec: 0n },
      bootNs: 0n,
    });
    this.guest.knownOffsReal = this.timekeeper.offsReal;
    this.guest.hostPage = bootPage(this);
  }

  /** What a vCPU's clocks read, as wide as the guest reads it: its counter, or kvmclock. */
  counter(vcpu: Vcpu): Cycles {
    return this.clocks.isRead ? this.clocks.readPage(vcpu) : this.wideCounter(vcpu) & this.mask;
  }

  /** Its counter before it is cut to its width: what the clockevent device counts. */
  wideCounter(vcpu: Vcpu): bigint {
    return this.hostCounter + vcpu.offset;
  }

  /** The host's counter as it reaches the guest: it stands where the VMM stopped it. */
  get hostCounter(): Cycles {
    return this.stoppedCounter ?? this.world.counter(this.host);
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
    vcpu.hostExpires = undefined;
    if (deadline === undefined || this.stoppedCounter !== undefined) vcpu.dueNs = undefined;
    else if (isHostTimed(this, vcpu)) armHostTimer(this, vcpu);
    else vcpu.dueNs = this.world.instantOf(this.host, deadline - vcpu.offset);
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
      watchers: new Map(this.watchers),
      jiffies: this.jiffies.clone(),
      alarmAtNs: this.alarmAtNs,
      history: this.history,
      guest: this.guest.clone(),
      marker: this.marker,
      generation: this.generation,
      clocks: this.clocks.save(),
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
    this.watchers = new Map(saved.watchers);
    this.jiffies = saved.jiffies.clone();
    this.alarmAtNs = saved.alarmAtNs;
    this.history = saved.history;
    this.guest = saved.guest.clone();
    this.marker = saved.marker;
    this.generation = saved.generation;
    this.clocks.load(saved.clocks);
    this.findDue();
  }
}
