import type { HrtimerClockId } from '../contract/clock.js';
import type { Machine } from '../contract/machine.js';
import {
  type Command,
  type CommandKind,
  HOLD_CAUSES,
  type VcpuActor,
} from '../contract/schedule.js';
import { ADJ_SETOFFSET, ADJ_STATUS, STA_INS } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { DRAWN_TIMER_CLOCKS } from './clocks.js';
import { edgesOf, LONGEST_BITS } from './edges.js';
import { isEveningOfLeap } from './machine.js';
import { magnitude, pick } from './magnitude.js';
import { rate } from './timex.js';

const DRAWN_TIMERS = 4;
/** Where the device makes ticks a wait of all vCPUs may take 2^32 ns, 4.3 s: 430 ticks at 100 Hz, should one wake at once. */
const IDLE_BITS = 32;
/** And of a busy one 2^28 ns, 27 ticks. */
const BUSY_BITS = 28;
/** Where nobody ticks: as long as any wait, past max_cycles, and past what 31 bits of a device hold. */
const STILL_BITS = LONGEST_BITS;

/** The longest wait has 2^4 periods of a timer, at most. */
const PERIODS_BITS = 4;
/** Past 2^32 periods of the shortest that there is. */
const OVERRUNS = 2 ** 32;

const LEAP_EVE: readonly CommandKind[] = ['adjtimex', 'arm', 'elapse', 'tick'];

/** What the stories of one run, short and in an order that counts, are drawn from. */
export class TimerSource {
  private readonly vcpus: readonly VcpuActor[];
  private readonly edges: readonly number[];
  private readonly busyBits: number;
  private readonly idleBits: number;
  /** How long the timer that was armed last has to go, at most. */
  private expiryNs: Ns = 0n;
  private canWaitLong = false;
  private readonly isEmulated: boolean;

  constructor(private readonly machine: Machine) {
    this.vcpus = machine.vms.flatMap((vm, id) => vm.vcpus.map((_, vcpu) => ({ vm: id, vcpu })));
    const ticks = machine.tick === 'clockevent';
    this.isEmulated = machine.vms.some((vm) => vm.deadlineTimer !== undefined);
    this.busyBits = ticks ? BUSY_BITS : STILL_BITS;
    this.idleBits = ticks && machine.nohz === 'idle' ? IDLE_BITS : this.busyBits;
    this.edges = edgesOf(machine).filter((edge) => edge < 2 ** this.busyBits);
  }

  private actor(prng: Prng): VcpuActor {
    return pick(prng, this.vcpus);
  }

  private duration(prng: Prng, bits = this.idleBits): Ns {
    if (this.edges.length > 0 && prng.oneIn(8)) {
      return BigInt(pick(prng, this.edges) + prng.below(3) - 1);
    }
    return BigInt(magnitude(prng, bits));
  }

  private arm(prng: Prng, clock: HrtimerClockId | 'CLOCK_MONOTONIC_RAW', expiresNs: Ns) {
    this.expiryNs = expiresNs;
    return {
      kind: 'arm',
      actor: this.actor(prng),
      timer: prng.below(DRAWN_TIMERS),
      clock,
      expiresNs,
      relative: true,
      slackNs: prng.oneIn(4) ? 50_000n : 0n,
    } as const;
  }

  armRaw(prng: Prng): readonly Command[] {
    return [this.arm(prng, 'CLOCK_MONOTONIC_RAW', this.duration(prng))];
  }

  /** Of a size with what waits there are: each period costs a callback. */
  armPeriodic(prng: Prng): readonly Command[] {
    const clock = prng.oneIn(3) ? 'CLOCK_MONOTONIC_RAW' : pick(prng, DRAWN_TIMER_CLOCKS);
    const armed = this.arm(prng, clock, this.duration(prng));
    const least = 1n << BigInt(this.busyBits - PERIODS_BITS);
    const intervalNs = armed.expiresNs > least ? armed.expiresNs : least;
    return [{ ...armed, intervalNs }];
  }

  /** A short period is held back for many times its length, and cancelled before it costs as many callbacks. */
  overrun(prng: Prng): readonly Command[] {
    const armed = this.arm(prng, pick(prng, DRAWN_TIMER_CLOCKS), BigInt(magnitude(prng, 10)));
    const { actor, timer } = armed;
    const isMany = this.machine.tick === 'command' && prng.oneIn(2);
    const ns = BigInt(isMany ? OVERRUNS + magnitude(prng, 30) : magnitude(prng, BUSY_BITS));
    const intervalNs = isMany ? 1n : BigInt(1 + magnitude(prng, 20));
    return [
      { kind: 'hold-interrupts', actor, ns, cause: 'irq-off' },
      { ...armed, intervalNs },
      { kind: 'elapse', ns },
      { kind: 'cancel', actor, timer },
    ];
  }

  /** It wakes the guest; in one run of two that suspends itself at once. */
  armAlarm(prng: Prng): readonly Command[] {
    const clock = prng.oneIn(2) ? 'CLOCK_BOOTTIME' : 'CLOCK_REALTIME';
    // Less than 2 s on, and the guest does not suspend itself.
    const expiresNs = 2n * NSEC_PER_SEC + this.duration(prng, BUSY_BITS);
    const armed: Command = { ...this.arm(prng, clock, expiresNs), wakes: true };
    if (prng.oneIn(2)) return [armed];
    return [
      armed,
      { kind: 'guest-suspend', actor: this.actor(prng) },
      { kind: 'elapse', ns: this.expiryNs + this.duration(prng, BUSY_BITS) },
      { kind: 'guest-resume', actor: this.actor(prng) },
    ];
  }

  /** Absolute, on REALTIME, up to 3 s after boot: the midnight at which a leap second may be is 2 s after. */
  armWall(prng: Prng): readonly Command[] {
    return [
      this.armAt(prng, BigInt(prng.below(3)) * NSEC_PER_SEC + this.duration(prng, BUSY_BITS)),
    ];
  }

  private armAt(prng: Prng, aheadNs: Ns): Command {
    const armed = this.arm(prng, 'CLOCK_REALTIME', aheadNs);
    const expiresNs = this.machine.epochSec * NSEC_PER_SEC + aheadNs;
    return { ...armed, expiresNs, relative: false };
  }

  /** The evening of a leap second that is announced, with a timer for the first moments of the day after. */
  leapEve(prng: Prng): readonly Command[] {
    const actor = this.actor(prng);
    const tick: Command = { kind: 'tick', actor };
    const wait: Command = { kind: 'elapse', ns: NSEC_PER_SEC + this.duration(prng, BUSY_BITS) };
    return [
      { kind: 'adjtimex', actor, timex: { modes: ADJ_STATUS, status: STA_INS } },
      this.armAt(prng, 2n * NSEC_PER_SEC + (prng.oneIn(2) ? this.duration(prng, BUSY_BITS) : 0n)),
      wait,
      tick,
      wait,
      tick,
      { kind: 'elapse', ns: this.duration(prng, BUSY_BITS) },
    ];
  }

  /** What a run begins with, one of four. */
  opening(prng: Prng, allowed: readonly CommandKind[] | undefined): readonly Command[] {
    const may = LEAP_EVE.every((kind) => allowed?.includes(kind) ?? true);
    return may && isEveningOfLeap(this.machine) && prng.oneIn(2) ? this.leapEve(prng) : [];
  }

  hold(prng: Prng): readonly Command[] {
    const ns = this.duration(prng, this.busyBits);
    return [
      { kind: 'hold-interrupts', actor: this.actor(prng), ns, cause: pick(prng, HOLD_CAUSES) },
    ];
  }

  /** One vCPU, or all: then time may pass that would cost many ticks. */
  idle(prng: Prng): readonly Command[] {
    if (prng.oneIn(2)) return [{ kind: 'idle', actor: this.actor(prng) }];
    this.canWaitLong = true;
    const idle = this.vcpus.map((actor): Command => ({ kind: 'idle', actor }));
    return [...idle, ...this.wait(prng)];
  }

  /** The vCPU of a RAW timer naps until that is due, and another one changes the rate meanwhile. */
  nap(prng: Prng): readonly Command[] {
    const armed = this.arm(prng, 'CLOCK_MONOTONIC_RAW', this.duration(prng));
    const awake = this.vcpus.filter(({ vcpu }) => vcpu !== armed.actor.vcpu);
    return [
      armed,
      { kind: 'idle', actor: armed.actor },
      {
        kind: 'adjtimex',
        actor: pick(prng, awake.length > 0 ? awake : this.vcpus),
        timex: rate(prng),
      },
      { kind: 'elapse', ns: armed.expiresNs + (armed.expiresNs >> 3n) },
    ];
  }

  rate(prng: Prng): readonly Command[] {
    return [{ kind: 'adjtimex', actor: this.actor(prng), timex: rate(prng) }];
  }

  /** The MONOTONIC of a host changes its rate, where timers of it wait for guests; one of two halts for one. */
  hostRate(prng: Prng): readonly Command[] {
    if (!this.isEmulated) return [];
    const host = prng.below(this.machine.hosts.length);
    const change: Command = { kind: 'host-adjtimex', actor: { host }, timex: rate(prng) };
    if (prng.oneIn(2)) return [change];
    // Whoever halts has armed a timer, where no tick did.
    const armed = this.arm(prng, 'CLOCK_MONOTONIC', this.duration(prng, this.busyBits));
    const { actor } = armed;
    return [change, armed, { kind: 'idle', actor }, ...this.wait(prng)];
  }

  /** REALTIME steps on, past what waits for it: an alarm, which stays on that clock also where it is relative. */
  step(prng: Prng): readonly Command[] {
    const ns = this.duration(prng, this.busyBits);
    const timeSec = ns / NSEC_PER_SEC + BigInt(1 + prng.below(1_000));
    const timex = { modes: ADJ_SETOFFSET, timeSec, timeUsec: 0n };
    return [
      { ...this.arm(prng, 'CLOCK_REALTIME', ns), wakes: true },
      { kind: 'adjtimex', actor: this.actor(prng), timex },
      ...this.wait(prng),
    ];
  }

  /** About as long as the timer that was armed last has to go. */
  wait(prng: Prng): readonly Command[] {
    const bits = this.canWaitLong ? this.idleBits : this.busyBits;
    this.canWaitLong = false;
    const isKnown = this.expiryNs > 0n && this.expiryNs < 2n ** BigInt(bits) && prng.oneIn(2);
    const ns = isKnown ? this.expiryNs + BigInt(prng.below(3) - 1) : this.duration(prng, bits);
    return [{ kind: 'elapse', ns }];
  }
}
