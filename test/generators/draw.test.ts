import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw } from '../../src/generators/draw.js';
import { edgesOf } from '../../src/generators/edges.js';
import { isPerCpu } from '../../src/generators/machine.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { machine } from '../schedules.js';

const options = { designs: DESIGNS, maxCommands: 100 };
const run = fc.nat(10_000);
const seed = fc.integer();

describe('draw', () => {
  test('is a function of seed and run', () => {
    fc.assert(
      fc.property(seed, run, (s, r) => {
        expect(draw(s, r, options)).toEqual(draw(s, r, options));
      }),
      { numRuns: 100 },
    );
  });

  test('gives another schedule to another run and to another seed', () => {
    const [drawn, nextRun, nextSeed] = [
      draw(1, 1, options),
      draw(1, 2, options),
      draw(2, 1, options),
    ];
    expect(drawn).not.toEqual(nextRun);
    expect(drawn).not.toEqual(nextSeed);
  });

  test('is never empty and never above its bound', () => {
    fc.assert(
      fc.property(seed, run, fc.integer({ min: 1, max: 50 }), (s, r, maxCommands) => {
        const { commands } = draw(s, r, { ...options, maxCommands });
        expect(commands.length).toBeGreaterThan(0);
        expect(commands.length).toBeLessThanOrEqual(maxCommands);
      }),
    );
  });

  test('draws no migration for a design that does not say what becomes of the counters', () => {
    const runOn = DESIGNS.filter((design) => !design.migrates);
    for (let at = 0; at < 300; at++) {
      expect(draw(3, at, { ...options, designs: runOn }).machine.hosts).toHaveLength(1);
    }
  });

  test('skews only counters of the CPU, and declares the skew', () => {
    for (let at = 0; at < 300; at++) {
      const { machine: drawn } = draw(4, at, options);
      const skews = drawn.vms.flatMap((vm) => vm.vcpus.map((vcpu) => vcpu.skewCycles));
      const isSkewed = new Set(skews).size > 1;
      if (isSkewed) expect(drawn.vms.every((vm) => isPerCpu(vm.clocksource))).toBe(true);
      expect(drawn.declared.skewNs > 0n).toBe(isSkewed);
    }
  });

  test('keeps to the kinds and the machine it is given', () => {
    const given = machine();
    for (let at = 0; at < 100; at++) {
      const drawn = draw(5, at, { ...options, machine: given, kinds: ['elapse', 'tick'] });
      expect(drawn.machine).toBe(given);
      for (const { kind } of drawn.commands) expect(['elapse', 'tick']).toContain(kind);
    }
  });

  test('hits every edge of the counter and 1 ns on both sides', () => {
    const given = machine();
    const drawn = new Set<bigint>();
    for (let at = 0; at < 2_000; at++) {
      for (const command of draw(6, at, { ...options, machine: given }).commands) {
        if (command.kind === 'elapse') drawn.add(command.ns);
      }
    }
    for (const edge of edgesOf(given)) {
      for (const beside of [-1, 0, 1]) expect(drawn).toContain(BigInt(edge + beside));
    }
  });
});

describe('a wait after a timer was armed', () => {
  test('is sometimes as long as the timer has to go, and 1 ns less or more', () => {
    const beside = new Set<bigint>();
    for (let at = 0; at < 2_000; at++) {
      let expiryNs: bigint | undefined;
      for (const command of draw(7, at, options).commands) {
        if (command.kind === 'elapse' && expiryNs !== undefined) beside.add(command.ns - expiryNs);
        if (command.kind === 'arm' && command.relative) expiryNs = command.expiresNs;
      }
    }
    for (const difference of [-1n, 0n, 1n]) expect(beside).toContain(difference);
  });
});

describe('the edges of kvm-clock at 250 Hz', () => {
  test('are a tick, the end of the day, a second, max_cycles and a little less', () => {
    // linux-timekeeping.md §1: max_cycles 1981102219259, and one cycle is one nanosecond; §3: at the
    // steepest slope the product overflows above 0.905 of it.
    const hourNs = 3_600 * 1e9;
    const [tick, day, second, maxCycles, less] = edgesOf(machine());
    expect([tick, day, second, maxCycles]).toEqual([4_000_000, hourNs, 1e9, 1_981_102_219_259]);
    expect((less ?? 0) / 1_981_102_219_259).toBeGreaterThan(0.905);
    expect((less ?? 0) / 1_981_102_219_259).toBeLessThan(1);
  });
});
