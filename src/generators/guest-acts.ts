import type { Scene } from '../contract/catalogue.js';
import type { ClockId } from '../contract/clock.js';
import { WATCHDOG_NAMES } from '../contract/consumer.js';
import type { Machine } from '../contract/machine.js';
import type { Command, VcpuActor } from '../contract/schedule.js';
import { ADJ_FREQUENCY, SCALED_PPM } from '../contract/timex.js';
import type { Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { magnitude, pick } from './magnitude.js';

/** A timer of a guest goes on for less than 2^35 ns, 34 s. */
const TIMER_BITS = 35;
const DRAWN_TIMERS = 2;

/** Twice what a report is about, once what is beside it. */
const CLOCKS_READ: readonly ClockId[] = [
  'CLOCK_MONOTONIC',
  'CLOCK_MONOTONIC',
  'CLOCK_REALTIME',
  'CLOCK_REALTIME',
  'CLOCK_BOOTTIME',
  'CLOCK_MONOTONIC_RAW',
  'CLOCK_TAI',
];
const CLOCKS_OF_PAGE: readonly ClockId[] = ['CLOCK_REALTIME', 'CLOCK_MONOTONIC'];

type Act = () => Command;

/** What a task does just before a stop, and after it. */
interface Topic {
  readonly before: Act;
  readonly after: Act;
}

/** What a guest reads and does around its stops: each run watches one clock, and has its own choice of the rest. */
export class GuestActs {
  readonly vcpuCount: number;
  /** What this run does more often than the rest, and just before a stop; most runs have nothing such. */
  readonly topic: Topic | undefined;
  private readonly others: readonly Act[];
  private readonly clock: ClockId;

  constructor(
    private readonly prng: Prng,
    machine: Machine,
    private readonly scene: Scene,
  ) {
    this.vcpuCount = machine.vms[0]?.vcpus.length ?? 1;
    this.clock = pick(prng, scene.reads === 'page' ? CLOCKS_OF_PAGE : CLOCKS_READ);
    this.others = this.drawOthers();
    this.topic = this.drawTopic();
  }

  act(): Command {
    const { prng, others } = this;
    if (this.topic !== undefined && prng.oneIn(2)) return this.topic.after();
    return others.length === 0 || prng.oneIn(2) ? this.read() : pick(prng, others)();
  }

  read(): Command {
    const { prng, scene } = this;
    const isPage = scene.reads === 'page';
    const clock = prng.oneIn(8) ? pick(prng, isPage ? CLOCKS_OF_PAGE : CLOCKS_READ) : this.clock;
    const via = isPage ? 'page' : prng.oneIn(4) ? 'vdso' : 'syscall';
    return { kind: 'read', actor: this.vcpu(), clock, via };
  }

  vcpu(): VcpuActor {
    return { vm: 0, vcpu: this.prng.below(this.vcpuCount) };
  }

  private on(): number {
    return this.prng.below(this.vcpuCount);
  }

  arm(expiresNs: Ns): Command & { readonly kind: 'arm' } {
    const { prng } = this;
    const clock = pick(prng, ['CLOCK_MONOTONIC', 'CLOCK_MONOTONIC', 'CLOCK_BOOTTIME'] as const);
    const timer = prng.below(DRAWN_TIMERS);
    return {
      ...{ kind: 'arm', actor: this.vcpu(), timer, clock, expiresNs },
      ...{ relative: true, slackNs: 0n },
    };
  }

  /** One run in two is about a task or a watchdog, where there are any. */
  private drawTopic(): Topic | undefined {
    const { prng, scene } = this;
    if (prng.oneIn(2)) return undefined;
    const topics: Topic[] = [];
    if (scene.hasTasks) topics.push({ before: this.poll, after: this.poll });
    if (scene.hasTasks) topics.push({ before: this.take, after: this.use });
    if (scene.hasWatchdogs) topics.push(this.watchdog());
    return topics.length === 0 ? undefined : pick(prng, topics);
  }

  private readonly poll: Act = () => ({
    ...{ kind: 'daemon-poll', actor: { vm: 0, task: 'daemon' }, on: this.on() },
  });

  private readonly take: Act = () => ({
    ...{ kind: 'take-timestamp', actor: { vm: 0, task: 'application' }, on: this.on() },
  });

  private readonly use: Act = () => ({
    ...{ kind: 'use-timestamp', actor: { vm: 0, task: 'application' }, on: this.on() },
  });

  private watchdog(): Topic {
    const watchdog = pick(this.prng, WATCHDOG_NAMES);
    return {
      before: () => ({ kind: 'touch-watchdog', actor: this.vcpu(), watchdog }),
      after: () => ({ kind: 'check-watchdog', actor: this.vcpu(), watchdog }),
    };
  }

  private drawOthers(): readonly Act[] {
    const { prng, scene } = this;
    const others: Act[] = [];
    const isOf = (kernel: boolean): boolean => kernel && prng.oneIn(2);
    if (isOf(scene.reads === 'clocks'))
      others.push(() => ({ kind: 'snapshot', actor: this.vcpu() }));
    if (isOf(scene.reads === 'clocks')) others.push(() => ({ kind: 'tick', actor: this.vcpu() }));
    if (isOf(scene.hasTimers)) others.push(() => this.arm(BigInt(magnitude(prng, TIMER_BITS))));
    if (isOf(scene.hasTasks)) others.push(this.poll);
    if (isOf(scene.hasTasks)) others.push(this.take, this.use);
    if (isOf(scene.hasWatchdogs)) {
      const { before, after } = this.watchdog();
      others.push(before, after);
    }
    if (prng.oneIn(4)) others.push(() => ({ kind: 'run-deferred', actor: this.vcpu() }));
    if (scene.reads === 'clocks' && prng.oneIn(8)) others.push(() => this.slew());
    return others;
  }

  private slew(): Command {
    const { prng } = this;
    const freq = BigInt(prng.below(1001) - 500) * SCALED_PPM;
    return { kind: 'adjtimex', actor: this.vcpu(), timex: { modes: ADJ_FREQUENCY, freq } };
  }
}
