import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/contract/machine.js';
import type { Command } from '../../src/contract/schedule.js';
import { CLOCKSOURCES, plainMachine } from '../../src/generators/machine.js';
import { referenceGuest } from '../../src/model/reference.js';
import { coarseLagsFine } from '../../src/properties/coarse-lags-fine.js';
import { crossTimestampIsOneInstant } from '../../src/properties/cross-timestamp-is-one-instant.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { play } from '../../src/runner/play.js';
import { designNamed, elapse, VCPU0 } from '../schedules.js';

const premisesOf = (machine: Machine) => ({
  machine,
  declared: machine.declared,
  strict: new Set<never>(),
});

describe('a cross timestamp beside a sample on the old line', () => {
  // Found in run 33,657 of seed 77: 42 ms on a multiplier that was one too large, before the tick that
  // had sampled the counter published the next: 5 ns.
  test('is allowed what a late publication turns the line by', () => {
    const kvmClock = CLOCKSOURCES.find(({ name }) => name === 'kvm-clock');
    const plain = plainMachine(designNamed('cooperative-freeze'), kvmClock, 2);
    const machine: Machine = { ...plain, hz: 300 };
    const commands: readonly Command[] = [
      elapse(3_333_333n),
      { kind: 'tick', actor: VCPU0 },
      elapse(3_333_333n),
      { kind: 'tick', actor: { vm: 0, vcpu: 1 }, stopAfter: 1 },
      elapse(41_943_040n),
      { kind: 'snapshot', actor: VCPU0 },
      { kind: 'tick', actor: { vm: 0, vcpu: 1 } },
      { kind: 'cross-timestamp', actor: VCPU0, cyclesAgo: 0n, history: false },
    ];
    const laws = [crossTimestampIsOneInstant];
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premisesOf(machine));
    expect(verdict).toEqual({ kind: 'holds', witnesses: 1 });
  });
});

describe('a coarse clock beside a fine one that lost a wrap', () => {
  // Found in run 18,529 of seed 11: a tick with a cycle left over made the line steeper, 1 ns below where it
  // begins; the suspend dropped 7/8 of the counter and that cycle, and 6.15's coarse clock does not go back.
  test('is compared from the next tick on', () => {
    const acpiPm = CLOCKSOURCES.find(({ name }) => name === 'acpi_pm');
    const plain = plainMachine(designNamed('cooperative-freeze'), acpiPm);
    const machine: Machine = { ...plain, kernel: '6.15' };
    const vmm = { vm: 0, task: 'vmm' } as const;
    const read = { kind: 'read', actor: VCPU0, via: 'syscall' } as const;
    const commands: readonly Command[] = [
      elapse(280n),
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x4000, tick: 10_001n } },
      { kind: 'tick', actor: VCPU0 },
      elapse(4_101_096_927n),
      { kind: 'vm-pause', actor: vmm },
      { kind: 'vm-resume', actor: vmm },
      { ...read, clock: 'CLOCK_MONOTONIC_COARSE' },
      { ...read, clock: 'CLOCK_MONOTONIC' },
      elapse(8_000_000n),
      { kind: 'tick', actor: VCPU0 },
      { ...read, clock: 'CLOCK_MONOTONIC_COARSE' },
      { ...read, clock: 'CLOCK_MONOTONIC' },
    ];
    const laws = [coarseLagsFine];
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premisesOf(machine));
    // The coarse read against the fine one before the tick, and the fine one against that.
    expect(verdict).toEqual({ kind: 'holds', witnesses: 2 });
  });
});

describe('a slope that changes between two edges of a slow counter', () => {
  // Found by the nightly search in run 155,631: 4 % less for 2,673 cycles of the HPET, which are
  // 33 ns more than the time between the two calls.
  test('holds from the last edge on, and the law allows for a cycle of it', () => {
    const hpet = CLOCKSOURCES.find(({ name }) => name === 'hpet');
    const machine = plainMachine(designNamed('cooperative-freeze'), hpet);
    const read: Command = { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' };
    const commands: readonly Command[] = [
      read,
      elapse(35_089_724n),
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x4000, tick: 9_603n } },
      elapse(186_651n),
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x4002, freq: 0n, tick: 10_000n } },
      elapse(4_015_629n),
      read,
    ];
    const laws = [monotonicKeepsMoving];
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premisesOf(machine));
    expect(verdict).toEqual({ kind: 'holds', witnesses: 1 });
  });
});
