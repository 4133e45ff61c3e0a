import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/contract/schedule.js';
import { CLOCKSOURCES, plainMachine, redeclare } from '../../src/generators/machine.js';
import { referenceGuest } from '../../src/model/reference.js';
import { boottimeCountsStoppedTime } from '../../src/properties/boottime-counts-stopped-time.js';
import { play } from '../../src/runner/play.js';
import { designNamed, elapse, VCPU0 } from '../schedules.js';

describe('a sleep shorter than a cycle of its nonstop counter', () => {
  // Found by the nightly search in run 173,465: 1 ns of sleep at 24 MHz. resume() sees no cycle pass
  // and asks the RTC (linux-timekeeping.md §7), whose grid is a second, and whose drift below 2 s
  // it puts into BOOTTIME.
  test('is measured by the RTC, and the law allows for its grid', () => {
    const arm = CLOCKSOURCES.find(({ name }) => name === 'arch_sys_counter');
    const plain = plainMachine(designNamed('cooperative-freeze'), arm);
    const vms = plain.vms.map((vm) => ({
      ...vm,
      clocksource: { ...vm.clocksource, nonstop: true },
      persistentClock: 'seconds' as const,
    }));
    const machine = redeclare({ ...plain, vms });
    const sleep = (ns: bigint): Command[] => [
      { kind: 'guest-suspend', actor: VCPU0 },
      elapse(ns),
      { kind: 'guest-resume', actor: VCPU0 },
    ];
    const commands: readonly Command[] = [
      elapse(4_766_210_936n),
      { kind: 'settime', actor: VCPU0, sec: machine.epochSec, nsec: 0n },
      { kind: 'snapshot', actor: VCPU0 },
      ...sleep(233_789_064n),
      ...sleep(1n),
      { kind: 'snapshot', actor: VCPU0 },
    ];
    const premises = { machine, declared: machine.declared, strict: new Set<never>() };
    const laws = [boottimeCountsStoppedTime];
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premises);
    expect(verdict?.kind).toBe('holds');
  });
});
