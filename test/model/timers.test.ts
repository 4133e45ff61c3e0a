import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { Machine } from '../../src/contract/machine.js';
import type { Command, CommandOf } from '../../src/contract/schedule.js';
import { ADJ_FREQUENCY, ADJ_TICK, SCALED_PPM } from '../../src/contract/timex.js';
import { CLOCKSOURCES, plainMachine } from '../../src/generators/machine.js';
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
const MS = 1_000_000n;
const TICKING = machine('cooperative-freeze', { tick: 'clockevent' });
const NOHZ: Machine = { ...TICKING, nohz: 'idle' };

const arm = (
  clock: CommandOf<'arm'>['clock'],
  expiresNs: bigint,
  how: Partial<CommandOf<'arm'>> = {},
): Command => ({
  ...{ kind: 'arm', actor: VCPU0, timer: 0, clock, expiresNs, relative: true, slackNs: 0n },
  ...how,
});
const idle = (actor = VCPU0 as typeof VCPU0 | typeof VCPU1): Command => ({ kind: 'idle', actor });
const hold = (ns: bigint, cause: CommandOf<'hold-interrupts'>['cause'] = 'irq-off'): Command => ({
  ...{ kind: 'hold-interrupts', actor: VCPU0 },
  ...{ ns, cause },
});
const freq = (ppm: bigint, actor = VCPU1 as typeof VCPU0 | typeof VCPU1): Command => ({
  ...{ kind: 'adjtimex', actor },
  timex: { modes: ADJ_FREQUENCY, freq: ppm * SCALED_PPM },
});

function played(commands: readonly Command[], on: Machine = machine()): Event[] {
  return eventsOf(guest, schedule(commands, on));
}
const fired = (commands: readonly Command[], on?: Machine) =>
  ofKind(played(commands, on), 'timer-fired');
const skipped = (commands: readonly Command[], on?: Machine) =>
  ofKind(played(commands, on), 'skipped').map(({ because }) => because);

describe('a timer with a period', () => {
  test('comes once each period, by its own grid', () => {
    const times = fired([
      arm('CLOCK_MONOTONIC', SECOND, { intervalNs: SECOND }),
      elapse(3n * SECOND + MS),
    ]);
    expect(times.map(({ comparedNs }) => (comparedNs ?? 0n) / SECOND)).toEqual([1n, 2n, 3n]);
    expect(times.map(({ expirations }) => expirations)).toEqual([1n, 1n, 1n]);
  });

  test('counts the periods that it was held back for, and goes on from there', () => {
    const commands = [
      arm('CLOCK_MONOTONIC', SECOND, { intervalNs: SECOND }),
      hold(3_500n * MS),
      elapse(4n * SECOND + MS),
    ];
    expect(fired(commands).map(({ expirations }) => expirations)).toEqual([3n, 1n]);
  });

  test('has no slack, as a timerfd has none', () => {
    const commands = [arm('CLOCK_MONOTONIC', SECOND, { intervalNs: SECOND, slackNs: 5n })];
    expect(ofKind(played(commands), 'timer-armed')).toMatchObject([{ slackNs: 0n }]);
  });

  test('is cut short where it would come more than a thousand times in one wait', () => {
    const commands = [arm('CLOCK_MONOTONIC', 0n, { intervalNs: MS }), elapse(2n * SECOND)];
    expect(fired(commands)).toHaveLength(1_000);
    expect(skipped(commands)).toEqual(['cut short after 10000 ticks, or 1000 periods of timers']);
  });
});

describe('interrupts that are held', () => {
  test('come when they are released', () => {
    const [callback] = fired([arm('CLOCK_MONOTONIC', MS), hold(5n * MS), elapse(9n * MS)]);
    expect(callback?.latestNs).toBe(5n * MS);
  });

  test('wait on for what is left after a stop', () => {
    const stop: readonly Command[] = [
      { kind: 'vm-pause', actor: VMM },
      elapse(SECOND),
      { kind: 'vm-resume', actor: VMM },
    ];
    const commands = [hold(5n * MS), elapse(2n * MS), ...stop, elapse(SECOND)];
    // A guest that is to freeze first would freeze when they are on again.
    const [released] = ofKind(played(commands, machine('counters-stop')), 'interrupts-released');
    expect(released?.latestNs).toBe(SECOND + 5n * MS);
  });

  test('keep the vCPU from what needs them, an SMI from everything', () => {
    const tick: Command = { kind: 'tick', actor: VCPU0 };
    const read: Command = { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' };
    const nmi: Command = { ...read, via: 'nmi' };
    expect(skipped([hold(MS), tick, read])).toEqual(['interrupts are off on the vCPU']);
    expect(skipped([hold(MS, 'smi'), read, nmi])).toHaveLength(2);
    expect(skipped([hold(MS, 'nmi'), read, nmi])).toEqual(['the vCPU is in an NMI']);
    expect(skipped([hold(0n), hold(MS), hold(MS)])).toEqual([
      'it is over at once',
      'its interrupts are held already',
    ]);
  });
});

describe('an idle vCPU', () => {
  test('keeps its tick without NOHZ, and is woken by it', () => {
    const events = played([idle(), elapse(SECOND)], TICKING);
    expect(ofKind(events, 'vcpu-idle')).toMatchObject([{ tickStopped: false }]);
    expect(ofKind(events, 'vcpu-woken').map((each) => each.latestNs / MS)).toEqual([4n]);
  });

  test('goes without, and the duty of keeping time goes to another one', () => {
    const events = played([idle(), elapse(SECOND)], NOHZ);
    expect(ofKind(events, 'vcpu-idle')).toMatchObject([{ tickStopped: true }]);
    expect(ofKind(events, 'vcpu-woken')).toEqual([]);
    const ticks = ofKind(events, 'tick-published');
    expect(new Set(ticks.map(({ actor }) => actor.vcpu))).toEqual(new Set([1]));
    expect(ticks.length).toBeGreaterThanOrEqual(249);
  });

  test('is woken by its timer, takes the clock up to now first, and ticks on', () => {
    const commands = [
      arm('CLOCK_MONOTONIC', SECOND),
      idle(),
      idle(VCPU1),
      elapse(SECOND + 9n * MS),
    ];
    const events = played(commands, NOHZ);
    const woken = events.findIndex(({ kind }) => kind === 'vcpu-woken');
    const kinds = events.slice(woken).map(({ kind }) => kind);
    expect(kinds.indexOf('tick-published')).toBeLessThan(kinds.indexOf('timer-fired'));
    expect(ofKind(events.slice(woken), 'tick-published').length).toBeGreaterThanOrEqual(2);
  });

  test('who kept time last sleeps no longer than the clocksource allows, the others for good', () => {
    // max_idle_ns of acpi_pm: half of 2^24 cycles at 3.58 MHz and 89 % of mult, 2.0857 s.
    const narrow = plainMachine(designNamed('cooperative-freeze'), CLOCKSOURCES[5], 2);
    const commands = [idle(VCPU1), idle(), elapse(2n * SECOND), elapse(100n * MS)];
    const woken = ofKind(
      played(commands, { ...NOHZ, ...narrow, tick: 'clockevent', nohz: 'idle' }),
      'vcpu-woken',
    );
    expect(woken.map(({ actor }) => actor.vcpu)).toEqual([0]);
    expect((woken[0]?.latestNs ?? 0n) / MS).toBe(2_085n);
  });

  test('is woken by whoever has something to run there', () => {
    const read: Command = { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' };
    expect(ofKind(played([idle(), read], NOHZ), 'vcpu-woken')).toHaveLength(1);
    expect(skipped([idle(), idle()], NOHZ)).toEqual(['the vCPU is halted']);
  });

  test('with nohz_full only who keeps time ticks, idle or not', () => {
    const events = played([idle(), elapse(SECOND)], { ...TICKING, nohz: 'full' });
    expect(ofKind(events, 'vcpu-idle')).toMatchObject([{ tickStopped: false }]);
    expect(new Set(ofKind(events, 'tick-published').map(({ actor }) => actor.vcpu))).toEqual(
      new Set([0]),
    );
  });
});

describe('who keeps time', () => {
  test('is replaced after five ticks in which it did not: the others see jiffies stand still', () => {
    const pause: Command = { kind: 'vm-pause', actor: VMM, stopAfter: 1 };
    const events = played(
      [pause, elapse(100n * MS)],
      machine('counters-run-on', { tick: 'clockevent' }),
    );
    const stoppedKeeper = ofKind(events, 'vcpu-stopped').length;
    expect(stoppedKeeper).toBe(1);
    const ticks = ofKind(events, 'tick-published');
    // The first at the fifth tick that found no change, then one each five.
    expect(ticks.map((each) => each.latestNs / MS)).toEqual([20n, 40n, 60n, 80n, 100n]);
  });
});

describe('a timer on CLOCK_MONOTONIC_RAW', () => {
  const RAW = 'CLOCK_MONOTONIC_RAW';
  const rawOf = (on: Machine, how: NonNullable<Machine['vms'][number]['rawTimers']>): Machine => ({
    ...on,
    vms: on.vms.map((vm) => ({ ...vm, rawTimers: how })),
  });

  test('is mapped anew at each tick of its vCPU, so that a change of rate costs one tick of it', () => {
    const commands = [arm(RAW, SECOND), freq(-500n), elapse(2n * SECOND)];
    const [callback] = fired(commands, TICKING);
    // 500 ppm of 4 ms are 2 µs, and the tick's device is 2 µs off and so is the timer's.
    expect((callback?.readNs ?? 0n) - SECOND).toBeLessThan(6_000n);
    expect(callback?.readNs).toBeGreaterThanOrEqual(SECOND);
  });

  test('in idle it is late by the change of rate over the nap', () => {
    const commands = [arm(RAW, SECOND), idle(), freq(-500n), elapse(2n * SECOND)];
    const [callback] = fired(commands, NOHZ);
    // 1 / 0.9995 of a second, and the shortest delta of the device.
    expect(callback?.readNs).toBeGreaterThanOrEqual(SECOND + 500_250n);
    expect(callback?.readNs).toBeLessThanOrEqual(SECOND + 501_260n);
  });

  test('MONOTONIC that becomes faster makes it early, which the last comparison sees', () => {
    const commands = [arm(RAW, SECOND), idle(), freq(500n), elapse(2n * SECOND)];
    const [callback] = fired(commands, NOHZ);
    expect(callback?.readNs).toBeGreaterThanOrEqual(SECOND);
    const uncompared = rawOf(NOHZ, { mapped: 'once', compared: false });
    const [early] = fired(commands, uncompared);
    // The device counts nominal time: it can not be early by more than the rounding of its delta.
    expect(early?.comparedNs).toBeNull();
  });

  test('that is not compared is early once its device is programmed anew', () => {
    const on = rawOf(machine(), { mapped: 'once', compared: false });
    const tick: Command = {
      ...{ kind: 'adjtimex', actor: VCPU1 },
      timex: { modes: ADJ_TICK, tick: 11_000n },
    };
    const commands = [
      arm(RAW, SECOND),
      tick,
      elapse(950n * MS),
      arm('CLOCK_MONOTONIC', 0n, { timer: 1, relative: false }),
      elapse(SECOND),
    ];
    const [, early] = fired(commands, on);
    expect(early?.readNs).toBeLessThan(SECOND);
    const [, compared] = fired(commands, rawOf(machine(), { mapped: 'once', compared: true }));
    expect(compared?.readNs).toBeGreaterThanOrEqual(SECOND);
  });
});

describe('an alarm', () => {
  const suspend: Command = { kind: 'guest-suspend', actor: VCPU0 };

  test('wakes the guest from its suspend and fires then', () => {
    const commands = [
      arm('CLOCK_BOOTTIME', 10n * SECOND, { wakes: true }),
      suspend,
      elapse(11n * SECOND),
    ];
    const events = played(commands);
    expect(ofKind(events, 'guest-resumed').map((each) => each.latestNs)).toEqual([10n * SECOND]);
    expect(ofKind(events, 'timer-fired')).toHaveLength(1);
  });

  test('another timer does not', () => {
    const events = played([arm('CLOCK_BOOTTIME', 10n * SECOND), suspend, elapse(11n * SECOND)]);
    expect(ofKind(events, 'guest-resumed')).toEqual([]);
  });

  test('of less than two seconds keeps it from its suspend', () => {
    const soon = [arm('CLOCK_REALTIME', 2n * SECOND - 1n, { wakes: true }), suspend];
    expect(skipped(soon)).toEqual(['an alarm is due within 2 s']);
    const late = [arm('CLOCK_REALTIME', 2n * SECOND, { wakes: true }), suspend];
    expect(skipped(late)).toEqual([]);
  });

  test('goes by the seconds of an RTC that has no more, and by nothing where there is none', () => {
    const on = (persistentClock: 'seconds' | 'none'): Machine => ({
      ...machine(),
      vms: machine().vms.map((vm) => ({ ...vm, persistentClock })),
    });
    const commands = [
      elapse(SECOND / 2n),
      arm('CLOCK_BOOTTIME', 10n * SECOND, { wakes: true }),
      suspend,
      elapse(30n * SECOND),
    ];
    expect(
      ofKind(played(commands, on('seconds')), 'guest-resumed').map((each) => each.latestNs),
    ).toEqual([10n * SECOND]);
    expect(ofKind(played(commands, on('none')), 'guest-resumed')).toEqual([]);
  });
});

describe('a leap second that is left out', () => {
  test('makes a timer due on another vCPU at once', () => {
    const on = machine('cooperative-freeze', { epochSec: 1_700_006_397n });
    const at = 1_700_006_400n * SECOND;
    const tick: Command = { kind: 'tick', actor: VCPU0 };
    const commands: readonly Command[] = [
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x10, status: 0x20 } },
      { ...arm('CLOCK_REALTIME', at, { actor: VCPU1 }), relative: false } as Command,
      ...[elapse(SECOND), tick, elapse(SECOND), tick, elapse(MS), tick, elapse(MS)],
    ];
    const [callback] = fired(commands, on);
    // 23:59:59 does not come: midnight is two seconds after boot.
    expect((callback?.latestNs ?? 0n) / MS).toBe(2_000n);
  });
});
