import { CLOCK_IDS, CLOCKS, type ClockId, type ReadPath } from '../contract/clock.js';
import type { Machine } from '../contract/machine.js';
import type { Command, CommandKind, VcpuActor, VmmActor } from '../contract/schedule.js';
import { ADJ_STATUS, STA_INS } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { DRAWN_PATHS, DRAWN_TIMER_CLOCKS, drawClocks } from './clocks.js';
import { edgesOf, LONGEST_BITS } from './edges.js';
import { isEveningOfLeap } from './machine.js';
import { magnitude, pick, signedMagnitude } from './magnitude.js';
import { type Ask, drawAsks, fastest } from './timex.js';

/** The kinds that the first wheel has; the others come in stories (timer-commands.ts). */
export type WheelKind = Exclude<
  CommandKind,
  'idle' | 'hold-interrupts' | 'host-adjtimex' | StopKind
>;

/** What only schedules about stops have. */
type StopKind =
  | 'host-suspend'
  | 'host-resume'
  | 'daemon-poll'
  | 'take-timestamp'
  | 'use-timestamp'
  | 'touch-watchdog'
  | 'check-watchdog'
  | 'run-deferred';

const DRAWN_TIMERS = 4;
const DRAWN_SNAPSHOTS = 2;

/** What the commands of one run have in common. */
export interface Habits {
  /** One operation in so many is stopped in its middle; 0: none. */
  readonly stopOneIn: number;
  /** Durations are below 2^durationBits ns. */
  readonly durationBits: number;
  /** The clocks that are read. */
  readonly clocks: readonly ClockId[];
  /** What adjtimex(2) is asked for. */
  readonly asks: readonly Ask[];
}

/** With a modelled device time costs ticks: 2^28 ns are 27 to 268 of them. */
const CLOCKEVENT_BITS = 28;

/** Draws habits: one run in four is one of long gaps, past every edge; the kernel counts each second of them. */
export function drawHabits(prng: Prng, machine: Machine): Habits {
  const stopOneIn = pick(prng, [0, 3, 8]);
  const durationBits =
    machine.tick === 'clockevent' ? CLOCKEVENT_BITS : pick(prng, [26, 31, 35, LONGEST_BITS]);
  return { stopOneIn, durationBits, clocks: drawClocks(prng), asks: drawAsks(prng) };
}

/** What the commands of one schedule are drawn from; made once a run. */
export class CommandSource {
  private readonly vcpus: readonly VcpuActor[];
  private readonly vmms: readonly VmmActor[];
  private readonly edges: readonly number[];
  private readonly hasNamespace: boolean;
  /** How long the timer that was armed last has to go, at most: the edge at which it expires. */
  private expiryNs: Ns = 0n;

  constructor(
    private readonly machine: Machine,
    private readonly habits: Habits,
  ) {
    this.vcpus = machine.vms.flatMap((vm, id) => vm.vcpus.map((_, vcpu) => ({ vm: id, vcpu })));
    this.vmms = machine.vms.map((_, vm) => ({ vm, task: 'vmm' }));
    this.hasNamespace = machine.vms.some((vm) => vm.timeNamespace !== undefined);
    this.edges = edgesOf(machine).filter((edge) => edge < 2 ** habits.durationBits);
  }

  draw(prng: Prng, kind: WheelKind): Command {
    switch (kind) {
      case 'elapse':
        return { kind, ns: this.duration(prng) };
      case 'read':
        return this.read(prng);
      case 'tick':
        return this.tick(prng);
      case 'cross-timestamp':
        return this.crossTimestamp(prng);
      case 'snapshot':
      case 'guest-suspend':
      case 'guest-resume':
        return { kind, actor: pick(prng, this.vcpus) };
      case 'settime':
        return this.settime(prng);
      case 'adjtimex':
        return { kind, actor: pick(prng, this.vcpus), timex: pick(prng, this.habits.asks)(prng) };
      case 'arm':
        return this.arm(prng);
      case 'cancel':
        return { kind, actor: pick(prng, this.vcpus), timer: prng.below(DRAWN_TIMERS) };
      case 'continue':
        return this.goOn(prng);
      default:
        return this.operation(prng, kind);
    }
  }

  /** Log-uniform, and one in eight at an edge or 1 ns beside it. */
  private duration(prng: Prng): Ns {
    if (this.edges.length > 0 && prng.oneIn(8)) {
      const beside = prng.below(3) - 1;
      if (this.expiryNs > 0n && prng.oneIn(4)) return this.expiryNs + BigInt(beside);
      return BigInt(pick(prng, this.edges) + beside);
    }
    return BigInt(magnitude(prng, this.habits.durationBits));
  }

  private stops(prng: Prng): boolean {
    return this.habits.stopOneIn > 0 && prng.oneIn(this.habits.stopOneIn);
  }

  private read(prng: Prng): Command {
    const actor = pick(prng, this.vcpus);
    const via = pick(prng, DRAWN_PATHS);
    const clock = this.clockOn(prng, via);
    if (this.isInside(prng)) return { kind: 'read', actor, clock, via, inNamespace: true };
    if (via !== 'syscall' || !this.stops(prng)) return { kind: 'read', actor, clock, via };
    return { kind: 'read', actor, clock, via, stopAfter: 1 + prng.below(7) };
  }

  /** The read that shows what an act did: any clock, by the system call. */
  watch(prng: Prng): Command {
    return {
      kind: 'read',
      actor: pick(prng, this.vcpus),
      clock: pick(prng, CLOCK_IDS),
      via: 'syscall',
    };
  }

  /**
   * What NTP asks for at the begin, in some runs: a leap second where one is near; and before long
   * gaps the steepest slope, which it has from the next second on.
   */
  opening(prng: Prng): readonly Command[] {
    const actor = pick(prng, this.vcpus);
    if (isEveningOfLeap(this.machine) && prng.oneIn(2)) {
      return [{ kind: 'adjtimex', actor, timex: { modes: ADJ_STATUS, status: STA_INS } }];
    }
    if (this.habits.durationBits < LONGEST_BITS || !prng.oneIn(8)) return [];
    return [
      { kind: 'adjtimex', actor, timex: fastest(prng) },
      { kind: 'elapse', ns: NSEC_PER_SEC },
      { kind: 'tick', actor },
    ];
  }

  /** A clock that the path can show. */
  private clockOn(prng: Prng, via: ReadPath): ClockId {
    if (via === 'file-stamp') return 'CLOCK_REALTIME_COARSE';
    if (via === 'timer-base') return pick(prng, DRAWN_TIMER_CLOCKS);
    const clock = pick(prng, this.habits.clocks);
    return via === 'nmi' && CLOCKS[clock].resolution === 'tick' ? 'CLOCK_MONOTONIC' : clock;
  }

  /** Whether a task inside the VM's time namespace makes the call. */
  private isInside(prng: Prng): boolean {
    return this.hasNamespace && prng.oneIn(4);
  }

  /** A device captures the counter now, a moment ago, or before the last update. */
  private crossTimestamp(prng: Prng): Command {
    const cyclesAgo = prng.oneIn(4) ? 0n : BigInt(magnitude(prng, this.habits.durationBits));
    const actor = pick(prng, this.vcpus);
    return { kind: 'cross-timestamp', actor, cyclesAgo, history: prng.oneIn(2) };
  }

  private tick(prng: Prng): Command {
    const actor = pick(prng, this.vcpus);
    if (!this.stops(prng)) return { kind: 'tick', actor };
    return { kind: 'tick', actor, stopAfter: 1 + prng.below(7) };
  }

  /** One in eight is one that the kernel refuses. */
  private settime(prng: Prng): Command {
    const actor = pick(prng, this.vcpus);
    const isInvalid = prng.oneIn(8);
    const sec = isInvalid
      ? BigInt(signedMagnitude(prng, 40))
      : this.machine.epochSec + BigInt(signedMagnitude(prng, 30));
    const nsec = BigInt(isInvalid ? signedMagnitude(prng, 32) : prng.below(1_000_000_000));
    return { kind: 'settime', actor, sec, nsec };
  }

  private arm(prng: Prng): Command {
    const relative = !prng.oneIn(4);
    const clock = pick(prng, DRAWN_TIMER_CLOCKS);
    const isWall = clock === 'CLOCK_REALTIME' || clock === 'CLOCK_TAI';
    const sinceNs = this.duration(prng);
    this.expiryNs = sinceNs;
    return {
      kind: 'arm',
      actor: pick(prng, this.vcpus),
      timer: prng.below(DRAWN_TIMERS),
      clock,
      expiresNs: relative || !isWall ? sinceNs : this.machine.epochSec * 1_000_000_000n + sinceNs,
      relative,
      slackNs: prng.oneIn(2) ? 0n : 50_000n,
      ...(isWall && !relative && prng.oneIn(2) ? { cancelOnSet: true } : undefined),
      ...(this.isInside(prng) ? { inNamespace: true } : undefined),
    };
  }

  private goOn(prng: Prng): Command {
    const actor = prng.oneIn(4) ? pick(prng, this.vmms) : pick(prng, this.vcpus);
    return prng.oneIn(2)
      ? { kind: 'continue', actor }
      : { kind: 'continue', actor, steps: 1 + prng.below(6) };
  }

  private operation(
    prng: Prng,
    kind: 'vm-pause' | 'vm-resume' | 'vm-save' | 'vm-restore' | 'vm-migrate',
  ): Command {
    const actor = pick(prng, this.vmms);
    const stop = this.stops(prng) ? { stopAfter: 1 + prng.below(6) } : undefined;
    if (kind === 'vm-migrate') {
      return { kind, actor, to: prng.below(this.machine.hosts.length), ...stop };
    }
    if (kind === 'vm-save' || kind === 'vm-restore') {
      return { kind, actor, snapshot: prng.below(DRAWN_SNAPSHOTS), ...stop };
    }
    return { kind, actor, ...stop };
  }
}
