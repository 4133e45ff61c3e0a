import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_IDS } from '../../src/contract/clock.js';
import type { ClocksourceSpec } from '../../src/contract/machine.js';
import { registerClocksource } from '../../src/model/clocksource.js';
import { readVdso } from '../../src/model/vdso-page.js';
import { Booted, COUNTERS, MS, PPM, SEC } from './booted.js';

const FINE = CLOCK_IDS.filter((clock) => !clock.endsWith('_COARSE'));

describe('a clock read from the page', () => {
  test('is the clock that the system call reads', () => {
    const gap = fc.bigInt({ min: -1_000n, max: 2n ** 50n });
    const freq = fc.bigInt({ min: -500n * PPM, max: 500n * PPM });
    fc.assert(
      fc.property(fc.constantFrom('tsc29999', 'kvm1g'), gap, freq, (name, cycles, ppm) => {
        const guest = new Booted(COUNTERS[name as 'kvm1g']);
        guest.tk.adjtimex({ modes: 0x82, freq: ppm, constant: 37n }, guest.counter);
        guest.tk.injectSleeptime64({ sec: 100n, nsec: 999_999_999n }, guest.counter);
        guest.tickThrough(SEC / 10n);
        const page = guest.tk.vdsoPage();
        guest.count(cycles);
        for (const clock of CLOCK_IDS) {
          expect(readVdso(page, clock, guest.counter)).toBe(guest.tk.read(clock, guest.counter));
        }
      }),
    );
  });

  test('before MONOTONIC began is negative', () => {
    const guest = new Booted().elapse(3n * MS);
    // The frequency takes the base back across the start of its first second.
    guest.tk.adjtimex({ modes: 0x2, freq: 500n * PPM }, guest.counter);
    expect(guest.tk.vdsoPage().basetime.CLOCK_MONOTONIC.sec).toBe(2n ** 64n - 1n);
    expect(readVdso(guest.tk.vdsoPage(), 'CLOCK_MONOTONIC', guest.counter)).toBe(3n * MS);
    expect(readVdso(guest.tk.vdsoPage(), 'CLOCK_MONOTONIC_COARSE', 0n)).toBe(-1_500n);
  });

  test('of a counter behind the last update is its time on x86, and far ahead on Arm', () => {
    const behind = (counter: ClocksourceSpec) => {
      const guest = new Booted(counter).count(-5n);
      return readVdso(guest.tk.vdsoPage(), 'CLOCK_MONOTONIC', guest.counter);
    };
    expect(behind(COUNTERS.tsc25)).toBe(0n);
    // 2^56 - 5 cycles of 24 MHz are 95 years, converted by the table's mult and shift.
    expect(behind(COUNTERS.arm24m)).toBe(((2n ** 56n - 5n) * 699_050_667n) >> 24n);
  });

  test('past what 64 bits convert is right on Arm, too', () => {
    const guest = new Booted(COUNTERS.arm24m);
    const { maxCycles } = guest.tk.tkrMono.clock;
    for (const beyond of [-1n, 0n, 1n, maxCycles]) {
      const counter = guest.counter + maxCycles + beyond;
      const exact = ((maxCycles + beyond) * 699_050_667n) >> 24n;
      expect(readVdso(guest.tk.vdsoPage(), 'CLOCK_MONOTONIC', counter)).toBe(exact);
    }
  });

  test('is left to the system call where user space cannot read the counter', () => {
    const guest = new Booted(COUNTERS.hpet);
    const page = guest.tk.vdsoPage();
    for (const clock of FINE) expect(readVdso(page, clock, guest.counter)).toBe(null);
    expect(readVdso(page, 'CLOCK_REALTIME_COARSE', 0n)).toBe(guest.realtime());
    expect(readVdso(page, 'CLOCK_MONOTONIC_COARSE', 0n)).toBe(0n);
  });
});

describe('the page', () => {
  test('has an even sequence that moves with every update', () => {
    const guest = new Booted();
    expect(guest.tk.vdsoPage().seq).toBe(2);
    guest.tickAfter(4_000_000n);
    guest.tickAfter(4_000_000n);
    expect(guest.tk.vdsoPage().seq).toBe(6);
  });

  test('keeps what the fine clocks were after a switch to a counter without a mode', () => {
    const guest = new Booted(COUNTERS.tsc25).elapse(SEC);
    guest.tk.tick(guest.counter);
    const { basetime, cycleLast, mult } = structuredClone(guest.tk.vdsoPage());
    guest.tickAfter(4_000_001n);
    const last = structuredClone(guest.tk.vdsoPage());
    expect(last.cycleLast).toBeGreaterThan(cycleLast);
    guest.tk.switchClocksource(registerClocksource(COUNTERS.hpet), 5n, guest.counter);
    const page = guest.tk.vdsoPage();
    expect(page.clockMode).toBe('none');
    expect([page.cycleLast, page.mult]).toEqual([last.cycleLast, mult]);
    expect(page.basetime.CLOCK_MONOTONIC).toEqual(last.basetime.CLOCK_MONOTONIC);
    expect(page.basetime.CLOCK_TAI).not.toEqual(basetime.CLOCK_TAI);
  });

  test('of a clone is its own', () => {
    const guest = new Booted().elapse(SEC);
    const page = guest.tk.vdsoPage();
    const copy = guest.tk.clone();
    expect(copy.vdsoPage()).toEqual(page);
    guest.tk.settime(1_800_000_000n, 0n, guest.counter);
    guest.tk.vdsoPage();
    expect(copy.vdsoPage().basetime.CLOCK_REALTIME.sec).toBe(1_700_000_000n);
  });
});
