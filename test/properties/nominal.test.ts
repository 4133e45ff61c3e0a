import { describe, expect, test } from 'vitest';
import { holdErrorNs, readQuantum, stopErrorNs } from '../../src/properties/granularity.js';
import { monotonicRange, nominalOf, RATE_ONE, shortestNs } from '../../src/properties/nominal.js';
import { ACPI_PM, KVM_CLOCK, premisesOf, TSC } from './premises.js';

describe('nominalOf', () => {
  test('is what the kernel makes of the clocksource', () => {
    // Table of linux-timekeeping §1.
    expect(nominalOf(premisesOf({ clocksource: ACPI_PM }), 0)).toMatchObject({
      mult: 2_343_484_437n,
      shift: 23n,
      maxCycles: 16_777_215n,
      mask: 16_777_215n,
    });
    expect(nominalOf(premisesOf({ clocksource: TSC }), 0)).toMatchObject({
      mult: 6_710_886n,
      shift: 24n,
      maxCycles: 2_476_377_840_562n,
      // 4 ms at HZ 250, rounded to whole cycles of mult: §2, setup_internals.
      tickCycles: 10_000_001n,
    });
  });

  test('is worked out once for the premises of a run', () => {
    const premises = premisesOf({ vms: 2 });
    expect(nominalOf(premises, 1)).toBe(nominalOf(premises, 1));
  });

  test('a VM that the machine does not have is the subject’s fault', () => {
    expect(() => nominalOf(premisesOf(), 2)).toThrow('an event names VM 2; the machine has 1');
  });

  test('declared skew is a number of cycles, rounded up', () => {
    const skewNs = 3n;
    expect(nominalOf(premisesOf({ clocksource: TSC, declared: { skewNs } }), 0).skewCycles).toBe(
      8n,
    );
  });
});

describe('the granularity of a clock', () => {
  const quantum = (clocksource: typeof TSC): number => {
    const nominal = nominalOf(premisesOf({ clocksource }), 0);
    return Number(readQuantum(nominal, RATE_ONE)) / Number(RATE_ONE);
  };

  test('a pair of reads differs by a ns and a cycle: 2 ns of counters of 1 GHz and more', () => {
    expect(quantum(KVM_CLOCK)).toBe(2);
    expect(quantum(TSC)).toBe(2);
    expect(quantum(ACPI_PM)).toBeCloseTo(1 + 1e9 / 3_579_545, 3);
  });

  test('a counter that is held loses up to a cycle, and a stop what is declared', () => {
    const errorNs = (clocksource: typeof TSC, monotonic: bigint) => {
      const declared = { stopErrorNs: { monotonic, boottime: 0n } };
      const premises = premisesOf({ clocksource, declared });
      const nominal = nominalOf(premises, 0);
      return [holdErrorNs(nominal), stopErrorNs(premises, nominal)];
    };
    expect(errorNs(TSC, 1n)).toEqual([1n, 1n]);
    expect(errorNs(ACPI_PM, 1n)).toEqual([280n, 280n]);
    expect(errorNs(TSC, 1_000_000n)).toEqual([1n, 1_000_000n]);
  });

  test('where HZ does not divide a second NTP’s tick is longer than the kernel’s', () => {
    const premises = premisesOf();
    const machine = { ...premises.machine, hz: 300 };
    const at300 = monotonicRange(nominalOf({ ...premises, machine }, 0), 0n, 0n);
    const at250 = monotonicRange(nominalOf(premises, 0), 0n, 0n);
    // A third of a ns in 3333333 ns is 100 ppb; twice that at most.
    expect((at300.hi - at250.hi) / 65_536n).toBe(200n);
    expect(at300.lo).toBe(at250.lo);
  });

  test('a fast counter takes its cycles in less time', () => {
    const premises = premisesOf({ declared: { counterPpb: 1_000_000n } });
    expect(shortestNs(nominalOf(premises, 0), 1_001_000n)).toBe(1_000_000n);
  });
});
