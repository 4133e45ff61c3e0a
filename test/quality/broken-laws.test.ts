import { describe, expect, test } from 'vitest';
import { lawNamed } from '../../src/app/catalogue.js';
import type { Machine } from '../../src/contract/machine.js';
import type { Command } from '../../src/contract/schedule.js';
import {
  ADJ_FREQUENCY,
  ADJ_SETOFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  ADJ_TICK,
  SCALED_PPM,
  STA_INS,
} from '../../src/contract/timex.js';
import { redeclare } from '../../src/generators/machine.js';
import type { Fault } from '../../src/model/faults/fault.js';
import { FAULTS } from '../../src/model/faults/index.js';
import { referenceGuest } from '../../src/model/reference.js';
import type { Rules } from '../../src/model/rules.js';
import { play } from '../../src/runner/play.js';
import { elapse, machine, VCPU0, VCPU1, VMM } from '../schedules.js';

// Each law of the whole clock and of timers with a schedule that breaks it under a fault, and holds without. The
// machine is kvm-clock at 250 Hz: a cycle is a nanosecond, a tick 4 ms.

const SEC = 1_000_000_000n;
const TICK_NS = 4_000_000n;
const adjtimex = (timex: (Command & { kind: 'adjtimex' })['timex']): Command => ({
  kind: 'adjtimex',
  actor: VCPU0,
  timex,
});
const TICK: Command = { kind: 'tick', actor: VCPU0 };
const SNAPSHOT: Command = { kind: 'snapshot', actor: VCPU0 };
const read = (
  clock: string,
  via = 'syscall',
  actor: typeof VCPU0 | typeof VCPU1 = VCPU0,
): Command => ({ kind: 'read', actor, clock, via }) as Command;

const armed = (
  clock: (Command & { kind: 'arm' })['clock'],
  expiresNs: bigint,
  how: Partial<Command & { kind: 'arm' }> = {},
): Command => ({
  kind: 'arm',
  actor: VCPU0,
  timer: 0,
  clock,
  expiresNs,
  relative: true,
  slackNs: 0n,
  ...how,
});

/** Boots two seconds before the end of the UTC day, and a leap second is announced at once. */
const EVENING = machine('cooperative-freeze', { epochSec: 1_700_006_398n });
const ANNOUNCE = [adjtimex({ modes: ADJ_STATUS, status: STA_INS }), elapse(SEC), TICK];
const MIDNIGHT = [elapse(SEC), TICK];

function changed(change: (of: Machine) => Machine['vms'][number]): Machine {
  const plain = machine();
  return redeclare({ ...plain, vms: [change(plain)] });
}
const vmOf = ({ vms: [vm] }: Machine): Machine['vms'][number] => {
  if (vm === undefined) throw new Error('the machine has a VM');
  return vm;
};
const SKEWED = changed((plain) => ({
  ...vmOf(plain),
  vcpus: [{ skewCycles: 0n }, { skewCycles: -3n }],
}));
const NAMESPACE = changed((plain) => ({
  ...vmOf(plain),
  timeNamespace: { monotonicNs: SEC, boottimeNs: 0n },
}));

/** A fault of the catalogue, or one detail gone wrong of which no shipped bug is known. */
function faultOf(fault: string | Partial<Rules>): Fault {
  if (typeof fault !== 'string') {
    const [plain] = FAULTS;
    if (plain === undefined) throw new Error('there are faults');
    return { ...plain, inject: (rules) => ({ ...rules, ...fault }) };
  }
  const found = FAULTS.find(({ name }) => name === fault);
  if (found === undefined) throw new Error(`no fault ${fault}`);
  return found;
}

interface Row {
  readonly law: string;
  readonly fault: string | Partial<Rules>;
  readonly on: Machine;
  readonly commands: readonly Command[];
}

const ROWS: readonly Row[] = [
  {
    law: 'realtime-steps-only-when-told',
    fault: 'ntp-leap-hrtimer-offset',
    on: EVENING,
    commands: [...ANNOUNCE, ...MIDNIGHT],
  },
  {
    law: 'clock-set-wakes-its-watchers',
    fault: 'ntp-leap-hrtimer-offset',
    on: EVENING,
    commands: [
      {
        kind: 'arm',
        actor: VCPU0,
        timer: 0,
        clock: 'CLOCK_REALTIME',
        expiresNs: 1_700_006_500n * SEC,
        relative: false,
        slackNs: 0n,
        cancelOnSet: true,
      },
      ...ANNOUNCE,
      ...MIDNIGHT,
      // settleWithinNs of the machine, and 1 ns.
      elapse(SEC + 1n),
      read('CLOCK_MONOTONIC'),
    ],
  },
  {
    law: 'tai-ignores-leap-seconds',
    fault: 'ntp-tai-offset-sign',
    on: machine(),
    commands: [adjtimex({ modes: ADJ_TAI, constant: 37n }), SNAPSHOT],
  },
  {
    law: 'realtime-is-one-clock-everywhere',
    fault: 'ntp-leap-hrtimer-offset',
    on: EVENING,
    commands: [
      ...ANNOUNCE,
      read('CLOCK_REALTIME', 'timer-base'),
      ...MIDNIGHT,
      read('CLOCK_REALTIME'),
      read('CLOCK_REALTIME', 'timer-base'),
    ],
  },
  {
    law: 'rate-stays-within-adjtimex',
    fault: 'ntp-nohz-overcorrect',
    on: machine(),
    // 0.06 ppm is half a unit of mult: after 100 ticks 24 ns are owed, which is 50 units for one tick.
    commands: [
      adjtimex({ modes: ADJ_FREQUENCY, freq: 3_932n }),
      elapse(100n * TICK_NS),
      TICK,
      SNAPSHOT,
      elapse(SEC),
      SNAPSHOT,
    ],
  },
  {
    law: 'monotonic-tracks-ntp',
    fault: 'ntp-nohz-overcorrect',
    on: machine(),
    commands: [
      adjtimex({ modes: ADJ_FREQUENCY, freq: 3_932n }),
      elapse(100n * TICK_NS),
      TICK,
      elapse(SEC),
      TICK,
    ],
  },
  {
    law: 'raw-and-mono-share-one-base',
    fault: { resumeMovesRaw: false },
    on: machine(),
    commands: [
      { kind: 'guest-suspend', actor: VCPU0 },
      elapse(SEC),
      { kind: 'guest-resume', actor: VCPU0 },
    ],
  },
  {
    law: 'coarse-lags-fine',
    fault: { tickMovesCoarse: false },
    on: machine('cooperative-freeze', { kernel: '6.15' }),
    commands: [
      elapse(10n * TICK_NS),
      read('CLOCK_MONOTONIC'),
      TICK,
      elapse(1n),
      read('CLOCK_MONOTONIC_COARSE'),
    ],
  },
  {
    law: 'vdso-agrees-with-syscall',
    fault: 'seq-vdso-delta-unsigned-compare',
    on: SKEWED,
    commands: [
      elapse(TICK_NS),
      TICK,
      read('CLOCK_MONOTONIC', 'syscall', VCPU1),
      read('CLOCK_MONOTONIC', 'vdso', VCPU1),
    ],
  },
  {
    law: 'namespace-adds-a-constant',
    fault: 'timer-timens-abs-futex',
    on: NAMESPACE,
    commands: [
      {
        kind: 'arm',
        actor: VCPU0,
        timer: 0,
        clock: 'CLOCK_MONOTONIC',
        expiresNs: 2n * SEC,
        relative: false,
        slackNs: 0n,
        inNamespace: true,
      },
    ],
  },
  {
    law: 'cross-timestamp-is-one-instant',
    fault: 'core-crosststamp-open-interval',
    on: machine(),
    commands: [
      elapse(TICK_NS),
      TICK,
      elapse(100n),
      { kind: 'cross-timestamp', actor: VCPU0, cyclesAgo: 100n, history: false },
    ],
  },
  {
    law: 'snapshot-agrees-with-linux',
    fault: 'core-idle-mult-overflow',
    on: machine(),
    commands: [elapse(2_199_100_000_000n), SNAPSHOT],
  },
  {
    law: 'monotonic-never-decreases',
    fault: 'core-coarse-backwards',
    on: machine('cooperative-freeze', { kernel: '6.15' }),
    commands: [
      read('CLOCK_MONOTONIC_COARSE'),
      elapse(TICK_NS / 2n),
      adjtimex({ modes: ADJ_TICK, tick: 11_000n }),
      read('CLOCK_MONOTONIC_COARSE'),
    ],
  },
  {
    law: 'timer-is-never-lost',
    fault: 'ntp-adjtimex-wrong-base-mask',
    on: machine(),
    commands: [
      armed('CLOCK_REALTIME', 1_700_002_810n * SEC, { relative: false }),
      adjtimex({ modes: ADJ_SETOFFSET, timeSec: 20n, timeUsec: 0n }),
      elapse(SEC),
      read('CLOCK_REALTIME', 'timer-base'),
    ],
  },
  {
    law: 'timer-fires-within-slack',
    fault: 'ntp-adjtimex-wrong-base-mask',
    on: machine(),
    commands: [
      armed('CLOCK_REALTIME', 1_700_002_810n * SEC, { relative: false }),
      adjtimex({ modes: ADJ_SETOFFSET, timeSec: 20n, timeUsec: 0n }),
      elapse(10n * SEC),
    ],
  },
  {
    law: 'early-interrupt-is-reprogrammed',
    fault: { earlyInterruptIsReprogrammed: false },
    on: machine(),
    // MONOTONIC is slow, and the device nominal: it is 0.5 ms early.
    commands: [
      adjtimex({ modes: ADJ_FREQUENCY, freq: -500n * SCALED_PPM }),
      armed('CLOCK_MONOTONIC', SEC),
      elapse(SEC),
    ],
  },
  {
    law: 'raw-timer-drifts-only-in-idle',
    fault: { rawTimers: () => ({ mapped: 'once', compared: true }) },
    on: machine('cooperative-freeze', { tick: 'clockevent' }),
    // 500 ppm of a second where 500 ppm of a tick are allowed.
    commands: [
      armed('CLOCK_MONOTONIC_RAW', SEC),
      adjtimex({ modes: ADJ_FREQUENCY, freq: -500n * SCALED_PPM }),
      elapse(2n * SEC),
    ],
  },
  {
    law: 'leap-edge-timer-waits',
    fault: 'timer-leap-edge-early',
    on: EVENING,
    commands: [
      adjtimex({ modes: ADJ_STATUS, status: STA_INS }),
      // More than a second and what two ticks may leave over: the kernel surely foresees the leap.
      elapse(SEC + 3n * TICK_NS),
      TICK,
      armed('CLOCK_REALTIME', 1_700_006_400n * SEC, { relative: false }),
      elapse(SEC),
      TICK,
    ],
  },
  {
    law: 'stop-causes-no-timer-storm',
    fault: 'virt-periodic-catchup-storm',
    on: machine('counters-run-on'),
    commands: [
      armed('CLOCK_MONOTONIC', SEC, { intervalNs: SEC }),
      { kind: 'vm-pause', actor: VMM },
      elapse(100n * SEC),
      { kind: 'vm-resume', actor: VMM },
    ],
  },
  {
    law: 'timer-fires-once',
    fault: 'timer-overrun-wrap',
    on: machine(),
    commands: [
      armed('CLOCK_MONOTONIC', 0n, { intervalNs: 1n }),
      { kind: 'hold-interrupts', actor: VCPU0, ns: 5n * SEC, cause: 'irq-off' },
      elapse(5n * SEC),
    ],
  },
];

describe.each(ROWS)('$law', ({ law, fault, on, commands }) => {
  const schedule = { machine: on, commands };
  const premises = { machine: on, declared: on.declared, strict: new Set<never>(), schedule };
  const verdict = (faults: readonly Fault[]) =>
    play(referenceGuest({ faults }), schedule, [lawNamed(law)], premises)[0]?.kind;

  test(`is broken by a schedule under ${typeof fault === 'string' ? fault : Object.keys(fault)}`, () => {
    expect(verdict([faultOf(fault)])).toBe('violated');
  });

  test('is not, by the same one, in the sound model', () => {
    expect(['holds', 'vacuous']).toContain(verdict([]));
  });
});

test('the laws of the whole clock and of its timers are all there', () => {
  expect(new Set(ROWS.map(({ law }) => law)).size).toBe(20);
});
