import { describe, expect, test } from 'vitest';
import { KERNEL_VERSIONS, type KernelVersion } from '../../src/contract/machine.js';
import type { Command } from '../../src/contract/schedule.js';
import { CLOCKSOURCES, plainMachine, redeclare } from '../../src/generators/machine.js';
import { referenceGuest } from '../../src/model/reference.js';
import {
  designNamed,
  elapse,
  eventsOf,
  machine,
  ofKind,
  schedule,
  VCPU0,
  VCPU1,
  VMM,
} from '../schedules.js';

const guest = referenceGuest();
const SECOND = 1_000_000_000n;

function read(clock: 'CLOCK_MONOTONIC' | 'CLOCK_BOOTTIME' | 'CLOCK_MONOTONIC_RAW'): Command {
  return { kind: 'read', actor: VCPU0, clock, via: 'syscall' };
}

function readings(commands: readonly Command[], design?: string): bigint[] {
  const events = eventsOf(guest, schedule(commands, machine(design)));
  return ofKind(events, 'clock-read').map((event) => event.ns);
}

const AROUND_A_STOP: readonly Command[] = [
  read('CLOCK_MONOTONIC'),
  { kind: 'vm-pause', actor: VMM },
  elapse(60n * SECOND),
  { kind: 'vm-resume', actor: VMM },
  read('CLOCK_MONOTONIC'),
  read('CLOCK_BOOTTIME'),
];

describe('a stop of one minute', () => {
  test('is counted by every clock where the counters run on', () => {
    expect(readings(AROUND_A_STOP, 'counters-run-on')).toEqual([0n, 60n * SECOND, 60n * SECOND]);
  });

  test('is counted by none where the counters stop', () => {
    expect(readings(AROUND_A_STOP, 'counters-stop')).toEqual([0n, 0n, 0n]);
  });

  test('is counted by BOOTTIME alone after a cooperative freeze', () => {
    expect(readings(AROUND_A_STOP, 'cooperative-freeze')).toEqual([0n, 0n, 60n * SECOND]);
  });

  test('leaves the freeze marked as the guest suspending and resuming', () => {
    const events = eventsOf(guest, schedule(AROUND_A_STOP, machine('cooperative-freeze')));
    const told = events.map((event) => event.kind).filter((kind) => kind.startsWith('guest-'));
    expect(told).toEqual(['guest-suspended', 'guest-resumed']);
    expect(ofKind(events, 'stop-handled')).toHaveLength(1);
  });
});

describe('a command that means nothing', () => {
  test.each<[Command, string]>([
    [{ kind: 'vm-resume', actor: VMM }, 'the VM is running'],
    [{ kind: 'guest-resume', actor: VCPU0 }, 'the guest is not suspended'],
    [{ kind: 'vm-restore', actor: VMM, snapshot: 3 }, 'there is no snapshot 3'],
    [{ kind: 'vm-migrate', actor: VMM, to: 0 }, 'there is no other host 0'],
    [{ kind: 'continue', actor: VCPU0 }, 'it was not stopped'],
    [{ kind: 'continue', actor: VMM }, 'it was not stopped'],
    [{ kind: 'cancel', actor: VCPU0, timer: 1 }, 'the timer is not armed'],
    [{ kind: 'tick', actor: { vm: 0, vcpu: 9 } }, 'the machine has no such vCPU'],
    [{ kind: 'vm-pause', actor: { vm: 7, task: 'vmm' } }, 'the machine has no VM 7'],
  ])('%o is skipped: %s', (command, because) => {
    const skipped = ofKind(eventsOf(guest, schedule([command])), 'skipped');
    expect(skipped).toMatchObject([{ command: 0, because }]);
  });

  test('a read of a coarse clock by the NMI-safe path says that there is none', () => {
    const events = eventsOf(
      guest,
      schedule([{ kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC_COARSE', via: 'nmi' }]),
    );
    expect(ofKind(events, 'skipped')).toMatchObject([
      { because: 'no NMI-safe reader shows a coarse clock' },
    ]);
  });
});

describe('a snapshot', () => {
  const saved: readonly Command[] = [
    { kind: 'vm-save', actor: VMM, snapshot: 0 },
    elapse(3n * SECOND),
    read('CLOCK_MONOTONIC'),
    { kind: 'vm-restore', actor: VMM, snapshot: 0 },
    read('CLOCK_MONOTONIC'),
  ];

  test('rolls the clocks back with the memory where the counters are part of it', () => {
    expect(readings(saved, 'counters-stop')).toEqual([3n * SECOND, 0n]);
  });

  test('does not where the counter runs on over the rollback, as in QEMU TCG', () => {
    expect(readings(saved, 'counters-run-on')).toEqual([3n * SECOND, 3n * SECOND]);
  });

  test('begins a new incarnation each time it is restored', () => {
    const twice = [...saved, ...saved.slice(3)];
    const events = eventsOf(guest, schedule(twice, machine('counters-stop')));
    const lives = ofKind(events, 'clock-read').map((event) => event.incarnation);
    expect(new Set(lives).size).toBe(3);
  });

  test('keeps an operation that was in its middle', () => {
    const commands: readonly Command[] = [
      elapse(SECOND),
      { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall', stopAfter: 3 },
      { kind: 'vm-save', actor: VMM, snapshot: 0 },
      { kind: 'vm-restore', actor: VMM, snapshot: 0 },
    ];
    const events = eventsOf(guest, schedule(commands, machine('counters-run-on')));
    expect(ofKind(events, 'clock-read').map((event) => event.ns)).toEqual([SECOND]);
  });
});

describe('a migration', () => {
  const elsewhere = machine('counters-stop', {
    hosts: [
      { counterHz: SECOND, counterBoot: 0n },
      { counterHz: SECOND, counterBoot: 77n * SECOND },
    ],
  });

  test('carries the counters along where the design says so', () => {
    const commands: readonly Command[] = [
      elapse(SECOND),
      { kind: 'vm-migrate', actor: VMM, to: 1 },
      read('CLOCK_MONOTONIC'),
    ];
    const events = eventsOf(guest, schedule(commands, elsewhere));
    expect(ofKind(events, 'clock-read').map((event) => event.ns)).toEqual([SECOND]);
    expect(ofKind(events, 'vm-migrated')).toMatchObject([{ from: 0, to: 1 }]);
  });
});

describe('an operation that is stopped', () => {
  test('a tick between its sample and its publication leaves the old multiplier in force elsewhere', () => {
    const commands: readonly Command[] = [
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x2, freq: 32_768_000n } },
      elapse(SECOND),
      { kind: 'tick', actor: VCPU0, stopAfter: 1 },
      { kind: 'read', actor: VCPU1, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    ];
    const kinds = eventsOf(guest, schedule(commands)).map((event) => event.kind);
    expect(kinds.slice(-6)).toEqual([
      'tick-sampled',
      'interrupts-held',
      'clock-read',
      'tick-published',
      'timekeeper-published',
      'interrupts-released',
    ]);
  });

  test('a reader spins while the sequence is odd, and reads after the writer has gone on', () => {
    const commands: readonly Command[] = [
      elapse(SECOND),
      { kind: 'tick', actor: VCPU0, stopAfter: 3 },
      { kind: 'read', actor: VCPU1, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
      elapse(5n),
      { kind: 'continue', actor: VCPU0 },
      { kind: 'continue', actor: VCPU1 },
    ];
    const [read] = ofKind(eventsOf(guest, schedule(commands)), 'clock-read');
    expect(read).toMatchObject({ earliestNs: SECOND, latestNs: SECOND + 5n, ns: SECOND + 5n });
  });

  test('a reader that was overtaken by a tick reads again', () => {
    const commands: readonly Command[] = [
      elapse(SECOND),
      { kind: 'read', actor: VCPU1, clock: 'CLOCK_MONOTONIC', via: 'syscall', stopAfter: 3 },
      { kind: 'tick', actor: VCPU0 },
      elapse(9n),
    ];
    const [read] = ofKind(eventsOf(guest, schedule(commands)), 'clock-read');
    expect(read).toMatchObject({ earliestNs: SECOND, latestNs: SECOND + 9n, ns: SECOND + 9n });
  });
});

describe('a settime that is refused', () => {
  /** What a read shows that was stopped at 1 s, went on 9 ns later, and was overtaken meanwhile. */
  const overtaken = (kernel: KernelVersion, sec: bigint, nsec: bigint) => {
    const commands: readonly Command[] = [
      elapse(SECOND),
      { kind: 'read', actor: VCPU1, clock: 'CLOCK_MONOTONIC', via: 'syscall', stopAfter: 3 },
      { kind: 'settime', actor: VCPU0, sec, nsec },
      elapse(9n),
    ];
    const on = machine('counters-stop', { kernel });
    return ofKind(eventsOf(guest, schedule(commands, on)), 'clock-read').map(({ ns }) => ns);
  };

  test.each([
    ['6.12.117', SECOND + 9n],
    ['6.13', SECOND],
  ] as const)('late lets a reader of %s go on at %d ns', (kernel, ns) => {
    // One second after boot REALTIME may not be set to 0.
    expect(overtaken(kernel, 0n, 0n)).toEqual([ns]);
  });

  test('at once disturbs no reader of any kernel', () => {
    for (const kernel of KERNEL_VERSIONS) expect(overtaken(kernel, 0n, SECOND)).toEqual([SECOND]);
  });
});

describe('a timer', () => {
  const armed: Command = {
    kind: 'arm',
    actor: VCPU0,
    timer: 0,
    clock: 'CLOCK_MONOTONIC',
    expiresNs: 10n * SECOND,
    relative: true,
    slackNs: 0n,
  };

  test('fires in an elapse that passes its expiry, not before it by its clock', () => {
    const events = eventsOf(guest, schedule([elapse(SECOND), armed, elapse(20n * SECOND)]));
    const [fired] = ofKind(events, 'timer-fired');
    expect(fired?.comparedNs).toBeGreaterThanOrEqual(11n * SECOND);
    // B8: nominal device on a clock without NTP is late by no more than its shortest programming.
    expect(fired?.comparedNs).toBeLessThanOrEqual(11n * SECOND + 1_000n);
  });

  test('that came due in a stop fires at entry where the counters ran on', () => {
    const commands = [armed, ...AROUND_A_STOP];
    const events = eventsOf(guest, schedule(commands, machine('counters-run-on')));
    expect(ofKind(events, 'timer-fired')).toMatchObject([{ comparedNs: 60n * SECOND }]);
  });

  test('waits on for what it had left where they stopped', () => {
    const commands = [armed, ...AROUND_A_STOP, elapse(9n * SECOND)];
    const stopped = machine('counters-stop');
    expect(ofKind(eventsOf(guest, schedule(commands, stopped)), 'timer-fired')).toEqual([]);
    const longer = eventsOf(guest, schedule([...commands, elapse(2n * SECOND)], stopped));
    expect(ofKind(longer, 'timer-fired')).toHaveLength(1);
  });

  test('on REALTIME, absolute, fires at once when the clock is set past it', () => {
    const at = machine().epochSec * SECOND + 3_600n * SECOND;
    const commands: readonly Command[] = [
      { ...armed, clock: 'CLOCK_REALTIME', relative: false, expiresNs: at } as Command,
      { kind: 'settime', actor: VCPU1, sec: at / SECOND, nsec: 5n },
      elapse(1_000n),
    ];
    expect(ofKind(eventsOf(guest, schedule(commands)), 'timer-fired')).toHaveLength(1);
  });

  test('that is cancelled does not fire', () => {
    const commands: readonly Command[] = [
      armed,
      { kind: 'cancel', actor: VCPU1, timer: 0 },
      elapse(20n * SECOND),
    ];
    const events = eventsOf(guest, schedule(commands));
    expect(ofKind(events, 'timer-fired')).toEqual([]);
    expect(ofKind(events, 'timer-cancelled')).toHaveLength(1);
  });
});

describe('the modelled tick', () => {
  test('comes hz times a second', () => {
    const ticking = machine('cooperative-freeze', { tick: 'clockevent' });
    const events = eventsOf(guest, schedule([elapse(SECOND)], ticking));
    expect(ofKind(events, 'tick-published').length).toBeGreaterThanOrEqual(249);
    expect(ofKind(events, 'tick-published').length).toBeLessThanOrEqual(250);
  });

  test('is cut to 10000 in one elapse, and the schedule says so', () => {
    const ticking = machine('cooperative-freeze', { tick: 'clockevent', hz: 1000 });
    const events = eventsOf(guest, schedule([elapse(60n * SECOND)], ticking));
    expect(ofKind(events, 'skipped')).toMatchObject([
      { because: 'cut short after 10000 ticks, or 1000 periods of timers' },
    ]);
    expect(ofKind(events, 'tick-published')).toHaveLength(10_000);
  });
});

describe('a suspend of the guest', () => {
  const sleep = (
    persistentClock: 'seconds' | 'nanoseconds' | 'none',
    nonstop = false,
  ): bigint[] => {
    const [tsc] = CLOCKSOURCES;
    const plain = plainMachine(designNamed('cooperative-freeze'), tsc);
    const vms = plain.vms.map((vm) => ({
      ...vm,
      persistentClock,
      clocksource: { ...vm.clocksource, nonstop },
    }));
    const commands: readonly Command[] = [
      elapse(300_000_000n),
      { kind: 'guest-suspend', actor: VCPU0 },
      elapse(2_900_000_000n),
      { kind: 'guest-resume', actor: VCPU0 },
      read('CLOCK_MONOTONIC'),
      read('CLOCK_BOOTTIME'),
    ];
    const events = eventsOf(guest, schedule(commands, redeclare({ ...plain, vms })));
    const [monotonic = 0n, boottime = 0n] = ofKind(events, 'clock-read').map((event) => event.ns);
    return [monotonic / 1_000_000n, (boottime - monotonic) / 1_000_000n];
  };

  // MONOTONIC floors to 299 ms: the TSC's multiplier is 60 ppb below the true rate.
  test('is measured by a persistent clock of ns', () => {
    expect(sleep('nanoseconds')).toEqual([299n, 2_900n]);
  });

  // The RTC shows 0 s, then 3 s; but REALTIME was 300 ms ahead of it when the guest fell asleep, and
  // suspend corrects the RTC by that (linux-timekeeping.md §7, drift compensation).
  test('is measured in whole seconds by an RTC, less what the clock was ahead of it', () => {
    expect(sleep('seconds')).toEqual([299n, 2_700n]);
  });

  test('is measured by a counter that never stops', () => {
    expect(sleep('none', true)).toEqual([299n, 2_899n]);
  });

  test('is not measured where there is nothing to measure by', () => {
    expect(sleep('none')).toEqual([299n, 0n]);
  });
});

describe('a clock that was set by less than two seconds before a suspend', () => {
  // linux-timekeeping.md §7: timekeeping_suspend() takes |drift| < 2 s for the rounding of its clock.
  test('is set back by the resume, and BOOTTIME is off by as much: a finding about Linux', () => {
    const { epochSec } = machine();
    const suspended = (ns: bigint): Command[] => [
      { kind: 'guest-suspend', actor: VCPU0 },
      elapse(ns),
      { kind: 'guest-resume', actor: VCPU0 },
    ];
    const commands: readonly Command[] = [
      elapse(10n * SECOND),
      ...suspended(10n * SECOND),
      { kind: 'settime', actor: VCPU0, sec: epochSec + 21n, nsec: SECOND / 2n },
      ...suspended(10n * SECOND),
      { kind: 'snapshot', actor: VCPU0 },
    ];
    const [snapshot] = ofKind(eventsOf(guest, schedule(commands)), 'snapshot-taken');
    expect(snapshot?.realtimeNs).toBe((epochSec + 30n) * SECOND);
    expect((snapshot?.boottimeNs ?? 0n) - (snapshot?.monotonicNs ?? 0n)).toBe(
      20n * SECOND - (3n * SECOND) / 2n,
    );
  });
});

describe('a machine that can not be', () => {
  const broken = (change: object): (() => void) => {
    const plain = machine();
    const vms = plain.vms.map((vm) => ({ ...vm, ...change }));
    return () => guest.run({ machine: { ...plain, vms }, commands: [] }, () => undefined);
  };

  test('a VM on a host that is not there is refused', () => {
    expect(broken({ host: 4 })).toThrow('VM 0 boots on host 4; the machine has hosts 0 to 0.');
  });

  test('a design that is not there is refused with those that are', () => {
    expect(broken({ design: 'hope' })).toThrow(/VM 0 has design "hope". Designs: counters-run-on,/);
  });
});

describe('adjtimex(2)', () => {
  test('that steps the clock makes a reader under way read again', () => {
    const commands: readonly Command[] = [
      { kind: 'read', actor: VCPU1, clock: 'CLOCK_MONOTONIC', via: 'syscall', stopAfter: 3 },
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x100, timeSec: 5n } },
    ];
    const [accepted] = ofKind(eventsOf(guest, schedule(commands)), 'reader-accepted');
    expect(new Set(accepted?.versions)).toEqual(new Set([1]));
  });
});
