import { describe, expect, test } from 'vitest';
import type { TimerClockId } from '../../src/contract/clock.js';
import type { Machine } from '../../src/contract/machine.js';
import type { Command, VcpuActor } from '../../src/contract/schedule.js';
import { CLOCKSOURCES, plainMachine, redeclare } from '../../src/generators/machine.js';
import type { Fault } from '../../src/model/faults/fault.js';
import { FAULTS } from '../../src/model/faults/index.js';
import { referenceGuest } from '../../src/model/reference.js';
import { LAWS } from '../../src/properties/index.js';
import { play } from '../../src/runner/play.js';
import { designNamed, elapse, emulated, VCPU0, VCPU1, VMM } from '../schedules.js';

/**
 * Every schedule that is shorter than a fault's minimum, over the values at which the kernel decides
 * anything, on the kinds of machine that matter: none may break a law. Only the order and the edges
 * count: all kinds are there, on one and on another vCPU, whole and stopped.
 */
function alphabet(size: 'all' | 'few'): readonly Command[] {
  const on = (actor: VcpuActor): Command[] => [
    { kind: 'read', actor, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    { kind: 'read', actor, clock: 'CLOCK_MONOTONIC_RAW', via: 'syscall' },
    { kind: 'snapshot', actor },
    { kind: 'tick', actor },
    { kind: 'settime', actor, sec: 1_700_000_001n, nsec: 0n },
    { kind: 'adjtimex', actor, timex: { modes: 0x2, freq: -32_768_000n } },
  ];
  const steeper: Command[] = [VCPU0, VCPU1].flatMap((actor): Command[] => [
    { kind: 'read', actor, clock: 'CLOCK_MONOTONIC_COARSE', via: 'syscall' },
    { kind: 'adjtimex', actor, timex: { modes: 0x2, freq: 32_768_000n } },
  ]);
  const stopped: Command[] = [1, 2, 3].flatMap((stopAfter): Command[] => [
    { kind: 'read', actor: VCPU1, clock: 'CLOCK_MONOTONIC', via: 'syscall', stopAfter },
    { kind: 'tick', actor: VCPU1, stopAfter },
  ]);
  const stops: Command[] = [
    { kind: 'guest-suspend', actor: VCPU0 },
    { kind: 'guest-resume', actor: VCPU0 },
    { kind: 'vm-pause', actor: VMM },
    { kind: 'vm-resume', actor: VMM },
    { kind: 'vm-save', actor: VMM, snapshot: 0 },
    { kind: 'vm-restore', actor: VMM, snapshot: 0 },
  ];
  // A tick of 250 Hz and 25 of them, above max_cycles of kvm-clock, and past 2^64 >> shift (§1, §3).
  const waits = [1n, 3_999_999n, 4_000_090n, 10n ** 8n, 1_981_102_219_260n, 2_199_100_000_000n];
  if (size === 'few') {
    const others = [...on(VCPU1).slice(1, 3), ...steeper];
    return [...waits.slice(2).map(elapse), ...on(VCPU0), ...others, ...stops];
  }
  const rest: Command[] = [
    { kind: 'continue', actor: VCPU1 },
    { kind: 'continue', actor: VMM },
    { kind: 'vm-pause', actor: VMM, stopAfter: 1 },
    { kind: 'vm-save', actor: VMM, snapshot: 0, stopAfter: 2 },
    {
      kind: 'arm',
      actor: VCPU0,
      timer: 0,
      clock: 'CLOCK_MONOTONIC',
      expiresNs: 5_000n,
      relative: true,
      slackNs: 0n,
    },
    {
      kind: 'arm',
      actor: VCPU0,
      timer: 0,
      clock: 'CLOCK_MONOTONIC',
      expiresNs: 5_000n,
      relative: false,
      slackNs: 0n,
      inNamespace: true,
    },
    { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x80, constant: 37n } },
    { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x10, status: 0x10 } },
    { kind: 'cross-timestamp', actor: VCPU0, cyclesAgo: 0n, history: false },
    elapse(EVENING_NS),
    ...[VCPU0, VCPU1].map(
      (actor): Command => ({ kind: 'read', actor, clock: 'CLOCK_MONOTONIC', via: 'vdso' }),
    ),
  ];
  const each = [...on(VCPU0), ...on(VCPU1), ...steeper];
  return [...waits.map(elapse), ...each, ...stopped, ...stops, ...rest];
}

const SEC = 1_000_000_000n;

/**
 * The same for faults of timers, whose rules only what arms, waits for, holds back or moves a timer
 * can meet: each kind of timer, due soon, past what 31 bits of a device hold, or at midnight, and
 * each kind of command that is neither a read nor stopped in its middle.
 */
function timerAlphabet(): readonly Command[] {
  const arm = (clock: TimerClockId, expiresNs: bigint, how: object = {}): Command => ({
    ...{ kind: 'arm', actor: VCPU0, timer: 0, clock, expiresNs, relative: true, slackNs: 0n },
    ...how,
  });
  const absolute = { relative: false };
  const waits = [1n, 5_000n, 4_000_090n, SEC, EVENING_NS, 5n * SEC, 20n * SEC, 100n * SEC];
  return [
    ...waits.map(elapse),
    arm('CLOCK_MONOTONIC', 5_000n),
    arm('CLOCK_MONOTONIC', 60n * SEC),
    arm('CLOCK_MONOTONIC', 0n, { intervalNs: 1n }),
    arm('CLOCK_MONOTONIC_RAW', SEC),
    arm('CLOCK_REALTIME', 1_700_002_810n * SEC, absolute),
    // Past midnight, and between two ticks.
    arm('CLOCK_REALTIME', 1_700_006_400n * SEC + 1_000_000n, absolute),
    arm('CLOCK_BOOTTIME', 3n * SEC, { wakes: true }),
    { kind: 'cancel', actor: VCPU0, timer: 0 },
    { kind: 'hold-interrupts', actor: VCPU0, ns: 5n * SEC, cause: 'irq-off' },
    { kind: 'idle', actor: VCPU0 },
    { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    { kind: 'tick', actor: VCPU0 },
    { kind: 'settime', actor: VCPU0, sec: 1_700_003_000n, nsec: 0n },
    ...[32_768_000n, -32_768_000n].map(
      (freq): Command => ({ kind: 'adjtimex', actor: VCPU1, timex: { modes: 0x2, freq } }),
    ),
    { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x100, timeSec: 20n, timeUsec: 0n } },
    { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x10, status: 0x10 } },
    { kind: 'guest-suspend', actor: VCPU0 },
    { kind: 'guest-resume', actor: VCPU0 },
    { kind: 'vm-pause', actor: VMM },
    { kind: 'vm-resume', actor: VMM },
    { kind: 'vm-save', actor: VMM, snapshot: 0 },
    { kind: 'vm-restore', actor: VMM, snapshot: 0 },
  ];
}

/** What only a host that emulates the device can meet: first, as all that it takes begins with it. */
const HOST_RATES: readonly Command[] = [32_768_000n, -32_768_000n].map((freq) => ({
  kind: 'host-adjtimex',
  actor: { host: 0 },
  timex: { modes: 0x2, freq },
}));

const LOST_DEADLINE = 'virt-tscdeadline-ntp-early-lost';

/** 1 GHz without ticks, with ticks that never stop, and with NOHZ; or the evening before a leap second, or hosts that emulate the device, where that matters. */
function timerMachines({ name }: Fault): readonly Machine[] {
  const plain = plainMachine(design, kvmClock, 2);
  const ticking: Machine = { ...plain, tick: 'clockevent' };
  // At 300 Hz no tick comes at midnight to the ns.
  const evening: Machine = { ...ticking, hz: 300, epochSec: 1_700_006_398n };
  if (name === 'timer-leap-edge-early') return [evening, { ...evening, tick: 'command' }];
  const each: readonly Machine[] = [plain, ticking, { ...ticking, nohz: 'idle' }];
  if (name !== LOST_DEADLINE) return each;
  const hrtimer = { by: 'hrtimer', early: 'inject' } as const;
  const preemption = { ...hrtimer, by: 'preemption-timer' } as const;
  return [emulated(ticking, hrtimer), emulated(ticking, preemption), emulated(plain, hrtimer)];
}

/** Faults that only a timer meets. */
const OF_TIMERS: ReadonlySet<string> = new Set([
  'ntp-adjtimex-wrong-base-mask',
  'timer-overrun-wrap',
  'timer-raw-via-mono-nohz',
  'timer-leap-edge-early',
  'virt-periodic-catchup-storm',
  'virt-xgene-cval-31bit',
  LOST_DEADLINE,
]);

const design = designNamed('cooperative-freeze');
const [tsc, kvmClock, tsc3, , hpet] = CLOCKSOURCES;

/** Past midnight where a machine boots two seconds before. */
const EVENING_NS = 2_100_000_000n;

/** 1 GHz; 2.5 GHz with a rounded multiplier; 32 bits; ticks of its own; and a second vCPU that is behind; one that is ahead, on
 * a kernel with coarse clocks of their own; a time namespace; and the evening before a leap second. */
function machines(): readonly Machine[] {
  const plain = [kvmClock, tsc, hpet].map((clocksource) => plainMachine(design, clocksource, 2));
  const [first] = plain;
  if (first === undefined) return plain;
  const vms = first.vms.map((vm) => ({
    ...vm,
    vcpus: [{ skewCycles: 0n }, { skewCycles: -300n }],
  }));
  const ahead = first.vms.map((vm) => ({
    ...vm,
    vcpus: [{ skewCycles: 0n }, { skewCycles: 300n }],
  }));
  const ticking: Machine = { ...plainMachine(design, tsc3, 1), tick: 'clockevent' };
  const timeNamespace = { monotonicNs: 1_000_000_000n, boottimeNs: 0n };
  return [
    ...plain,
    ticking,
    redeclare({ ...first, vms }),
    redeclare({ ...first, kernel: '6.15', vms: ahead }),
    { ...first, vms: first.vms.map((vm) => ({ ...vm, timeNamespace })) },
    { ...ticking, epochSec: 1_700_006_398n },
  ];
}

function* schedulesOf(length: number, of: readonly Command[]): Generator<Command[]> {
  if (length === 0) yield [];
  else for (const rest of schedulesOf(length - 1, of)) for (const last of of) yield [...rest, last];
}

const none = new Set<never>();

function broken(fault: Fault, length: number, size: 'all' | 'few'): readonly unknown[] {
  const subject = referenceGuest({ faults: [fault] });
  const laws = LAWS.filter((law) => law.name === fault.breaks[0]);
  // Four commands are many: a fault that takes five does not hang on the counter.
  const isOfTimers = OF_TIMERS.has(fault.name);
  const all = isOfTimers ? timerMachines(fault) : machines();
  for (const machine of length > 3 ? all.slice(0, 1) : all) {
    // With a modelled device an hour is 10,000 ticks, and a second has seen what they do.
    const rates = fault.name === LOST_DEADLINE ? HOST_RATES : [];
    const of = (isOfTimers ? [...rates, ...timerAlphabet()] : alphabet(size)).filter(
      (command) =>
        machine.tick === 'command' || command.kind !== 'elapse' || command.ns <= EVENING_NS,
    );
    const premises = { machine, declared: machine.declared, strict: none };
    for (const commands of schedulesOf(length, of)) {
      const [verdict] = play(subject, { machine, commands }, laws, premises);
      if (verdict?.kind === 'violated') return [machine.vms[0]?.clocksource.name, commands];
    }
  }
  return [];
}

describe('the minimum of a fault', () => {
  test.each(FAULTS.map((fault) => ({ name: fault.name, minimum: fault.minimum, fault })))(
    '$name: no schedule of fewer than $minimum commands over the edge values breaks its law',
    ({ minimum, fault }) => {
      // A schedule's prefix is a schedule: the longest that is too short stands for all.
      const length = minimum - 1;
      expect(broken(fault, length, length > 2 ? 'few' : 'all')).toEqual([]);
    },
  );

  test.each(
    FAULTS.filter((fault) => fault.minimum <= 3).map((fault) => ({ name: fault.name, fault })),
  )('$name: the same enumeration finds one of that size', ({ fault }) => {
    const size = fault.minimum > 2 ? 'few' : 'all';
    expect(broken(fault, fault.minimum, size)).not.toEqual([]);
  });
});
