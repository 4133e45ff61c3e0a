import type { Scene } from '../contract/catalogue.js';
import type { Machine } from '../contract/machine.js';
import type { Command, HostActor, VmmActor } from '../contract/schedule.js';
import { ADJ_STATUS, STA_INS } from '../contract/timex.js';
import type { Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { GuestActs } from './guest-acts.js';
import { magnitude, pick } from './magnitude.js';

const VMM: VmmActor = { vm: 0, task: 'vmm' };
const HOST: HostActor = { host: 0 };
/** More steps than most designs have on one side of a stop. */
const MOST_STEPS = 8;
/** Between two steps a VMM takes less than 2^18 ns, where the machine lets it. */
const GAP_BITS = 18;
const MOST_GAPS = 8;
/** A guest goes on for less than 2^35 ns, 34 s, from one act to the next. */
const AWAKE_BITS = 35;
/** Less than 2^29 ns, half a second, before an edge. */
const NEAR_BITS = 29;
/** A stop, and what goes wrong with it, moves a clock by less than 2^37 ns, 137 s. */
const STOP_BITS = 37;
/** Interrupts are off for less than 2^32 ns. */
const HOLD_BITS = 32;

/** Who rounds to whole milliseconds shows it at stops of less than two, ns. */
const INJECTED: Ns = 2_000_000n;

/** Thresholds that something waits for: a write's slop, a lease, watchdogs; ns. */
const EDGES: readonly Ns[] = [1n, 10n, 20n, 21n, 120n].map((sec) => sec * 1_000_000_000n);

/**
 * A schedule of stops, and of what a guest reads and does around them and between the host's steps: for
 * questions about designs, where everything else only hides the answer.
 *
 * Swarm: each run watches one clock, and has its own choice of timers, tasks, watchdogs, and of what a stop
 * falls into.
 */
export function drawStops(
  prng: Prng,
  machine: Machine,
  scene: Scene,
  maxCommands: number,
): readonly Command[] {
  const length = prng.oneIn(2) ? maxCommands : 1 + prng.below(maxCommands);
  return new Story(prng, machine, scene).draw(length);
}

class Story {
  private readonly commands: Command[] = [];
  private readonly acts: GuestActs;
  private readonly holds: boolean;
  private readonly breaksOff: boolean;
  private readonly callsBack: boolean;
  /** Every stop is of one length. */
  private readonly isFixed: boolean;
  /** From one host to the next, and from the last to the first. */
  private moves = 0;
  /** So many sleeps of the host, this one counted. */
  private sleeps = 1;

  constructor(
    private readonly prng: Prng,
    private readonly machine: Machine,
    private readonly scene: Scene,
  ) {
    this.holds = prng.oneIn(3);
    this.breaksOff = prng.oneIn(3);
    this.isFixed = scene.stoppedNs.least === scene.stoppedNs.most;
    this.callsBack = scene.hasTimers && prng.oneIn(3);
    this.acts = new GuestActs(prng, machine, scene);
  }

  draw(length: number): readonly Command[] {
    const { prng, commands, scene } = this;
    if (this.machine.leapSecond !== undefined && prng.oneIn(2)) {
      commands.push({
        kind: 'adjtimex',
        actor: this.acts.vcpu(),
        timex: { modes: ADJ_STATUS, status: STA_INS },
      });
    }
    for (
      let stop = 0;
      stop < scene.stopsAtMost && this.sleeps <= scene.stopsAtMost && commands.length < length;
      stop++
    ) {
      while (!prng.oneIn(3)) commands.push(prng.oneIn(2) ? this.acts.act() : this.awake());
      const { topic } = this.acts;
      if (topic !== undefined && prng.oneIn(2)) commands.push(topic.before());
      this.enterSections();
      this.stop();
      while (!prng.oneIn(4)) commands.push(prng.oneIn(4) ? this.awake() : this.acts.act());
    }
    return commands.slice(0, length);
  }

  /** What the stop falls into: interrupts off, an operation or a callback in its middle. */
  private enterSections(): void {
    const { prng, commands } = this;
    if (this.callsBack && prng.oneIn(2)) {
      // The other ones come in a gap between the host's steps, or where a clock jumps by a stop, or more.
      const isBefore = prng.oneIn(2);
      const bits = isBefore ? AWAKE_BITS : prng.oneIn(2) ? STOP_BITS : this.gapBits();
      const expiresNs = BigInt(magnitude(prng, bits));
      commands.push({ ...this.acts.arm(expiresNs), stopInCallback: true });
      if (isBefore) commands.push({ kind: 'elapse', ns: expiresNs });
    }
    for (let vcpu = 0; this.holds && vcpu < this.acts.vcpuCount; vcpu++) {
      if (!prng.oneIn(2)) continue;
      const ns = BigInt(magnitude(prng, HOLD_BITS));
      commands.push({ kind: 'hold-interrupts', actor: { vm: 0, vcpu }, ns, cause: 'irq-off' });
    }
    if (this.breaksOff && prng.oneIn(2)) {
      const stopAfter = 1 + prng.below(7);
      const isTick = this.scene.reads === 'clocks' && prng.oneIn(3);
      const command: Command = isTick
        ? { kind: 'tick', actor: this.acts.vcpu() }
        : this.acts.read();
      commands.push({ ...command, stopAfter } as Command); // both take steps
    }
  }

  private stop(): void {
    const { prng, scene, commands, machine } = this;
    if (scene.stop === 'host-suspend') {
      this.sleep();
      return;
    }
    if (scene.callsOff) this.callOff();
    this.step({ kind: 'vm-pause', actor: VMM });
    const snapshot = 0;
    // Who saves its guests also pauses them.
    const isSaved = scene.stop === 'save' && !prng.oneIn(4);
    if (isSaved) {
      commands.push({ kind: 'vm-save', actor: VMM, snapshot });
      // The old life may go on meanwhile: what it reads is no step back of the restored one.
      if (prng.oneIn(4)) commands.push({ kind: 'vm-resume', actor: VMM }, this.acts.act());
    }
    if (this.isFixed || !prng.oneIn(8)) commands.push({ kind: 'elapse', ns: this.stoppedNs() });
    if (isSaved) this.step({ kind: 'vm-restore', actor: VMM, snapshot });
    else {
      const to = ++this.moves % machine.hosts.length;
      if (scene.stop === 'migrate') this.step({ kind: 'vm-migrate', actor: VMM, to });
      this.step({ kind: 'vm-resume', actor: VMM });
    }
  }

  /**
   * The host sleeps; one sleep in eight is called off before it has begun, and one in four is followed by
   * the next before every vCPU has entered.
   */
  private sleep(): void {
    const { prng, commands } = this;
    for (; ; this.sleeps++) {
      const wakesAfterNs = prng.oneIn(8) ? 0n : this.stoppedNs();
      const command: Command = { kind: 'host-suspend', actor: HOST, wakesAfterNs };
      if (this.sleeps >= this.scene.stopsAtMost || !prng.oneIn(4)) {
        this.step(command);
        this.sleeps++;
        return;
      }
      commands.push({ ...command, stopAfter: 1 + prng.below(MOST_STEPS) });
      if (prng.oneIn(2)) commands.push(this.acts.act());
    }
  }

  /** One time in eight the VMM asks the guest twice, and one in eight calls its stop off before it is one. */
  private callOff(): void {
    const { prng, commands } = this;
    const isTwice = prng.oneIn(8);
    const isOff = prng.oneIn(8);
    if (!isTwice && !isOff) return;
    commands.push({ kind: 'vm-pause', actor: VMM, stopAfter: 1 + prng.below(2) });
    if (prng.oneIn(2)) commands.push(prng.oneIn(2) ? this.awake() : this.acts.act());
    if (isOff) commands.push({ kind: 'vm-resume', actor: VMM });
  }

  /** An operation of the VMM, two times in three with something between its steps. */
  private step(command: Command): void {
    const { prng, commands } = this;
    if (prng.oneIn(3)) {
      commands.push(command);
      return;
    }
    commands.push({ ...command, stopAfter: 1 + prng.below(1 + prng.below(MOST_STEPS)) } as Command); // an operation
    for (let gaps = 0; gaps < MOST_GAPS && !prng.oneIn(4); gaps++) {
      const ns = this.gapNs();
      commands.push(prng.oneIn(3) ? { kind: 'elapse', ns } : this.acts.act());
      if (prng.oneIn(2)) commands.push({ kind: 'continue', actor: VMM, steps: 1 + prng.below(2) });
    }
    // What follows is no gap between two steps.
    commands.push({ kind: 'continue', actor: VMM });
  }

  /** Of a VMM that may take its time, as often as not a good part of that. */
  private gapNs(): Ns {
    const { prng } = this;
    const { mostGapNs } = this.scene;
    const isLong = mostGapNs > 1n << BigInt(GAP_BITS) && prng.oneIn(2);
    return BigInt(isLong ? prng.below(Number(mostGapNs)) : magnitude(prng, this.gapBits()));
  }

  private gapBits(): number {
    const { mostGapNs } = this.scene;
    return mostGapNs > 1n << BigInt(GAP_BITS) ? mostGapNs.toString(2).length : GAP_BITS;
  }

  private stoppedNs(): Ns {
    const { prng } = this;
    const { least, most } = this.scene.stoppedNs;
    if (least === most) return least;
    if (this.scene.stop === 'host-suspend' && prng.oneIn(2)) {
      return least + BigInt(prng.below(Number(INJECTED)));
    }
    if (prng.oneIn(4)) {
      const edge = pick(prng, [...EDGES, most]) + BigInt(prng.below(3) - 1);
      if (edge >= least && edge <= most) return edge;
    }
    const ns = BigInt(magnitude(prng, most.toString(2).length));
    return ns < least ? least : ns > most ? most : ns;
  }

  private awake(): Command {
    const { prng, scene } = this;
    if (scene.hasWatchdogs && prng.oneIn(8)) {
      // Just before a watchdog may fire.
      const before = prng.oneIn(2) ? magnitude(prng, NEAR_BITS) : prng.below(2 ** NEAR_BITS);
      return { kind: 'elapse', ns: pick(prng, EDGES) - BigInt(before) };
    }
    const isLong = prng.oneIn(4);
    return { kind: 'elapse', ns: BigInt(magnitude(prng, isLong ? AWAKE_BITS : GAP_BITS + 12)) };
  }
}
