import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registerClocksource, registerJiffies } from '../../src/model/clocksource.js';
import { KERNELS } from '../../src/model/kernels.js';
import { KERNEL_RULES } from '../../src/model/rules.js';
import { TkState } from '../../src/model/tk-state.js';
import { Booted, COUNTERS, MS, SEC } from './booted.js';

const state = (counter: (typeof COUNTERS)[keyof typeof COUNTERS], hz: bigint) => {
  const clock = registerClocksource(counter);
  const tk = new TkState(clock, KERNELS['6.12.117'], KERNEL_RULES);
  tk.setupInternals(clock, 5n, hz);
  return tk;
};

describe('the interval of a tick', () => {
  test.each([
    // From the first line of recordings: name, HZ, cycles, remainder.
    ['acpipm', 100n, 35_795n, 1_054_577_585n],
    ['kvm1g', 1000n, 1_000_000n, 0n],
    ['hpet', 100n, 143_182n, -468_658_534n],
  ] as const)('of %s at HZ %d is the nearest whole number of cycles', (name, hz, cycles, rest) => {
    const tk = state(COUNTERS[name], hz);
    expect([tk.cycleInterval, tk.xtimeRemainder]).toEqual([cycles, rest]);
    expect(tk.xtimeInterval).toBe(cycles * tk.tkrMono.mult);
    expect(tk.rawInterval).toBe(tk.xtimeInterval);
  });

  test('is one cycle at least, where the counter is slower than the tick', () => {
    const slow = { ...COUNTERS.hpet, freq: 100n };
    expect(state(slow, 250n).cycleInterval).toBe(1n);
  });

  test('of jiffies is one', () => {
    const jiffies = registerJiffies(100);
    const tk = new TkState(jiffies, KERNELS['6.12.117'], KERNEL_RULES);
    tk.setupInternals(jiffies, 0n, 100n);
    expect([tk.cycleInterval, tk.xtimeRemainder]).toEqual([1n, 0n]);
  });
});

describe('a new counter', () => {
  test('takes over the time in its own unit, and the change is counted modulo 256', () => {
    const tk = state(COUNTERS.hpet, 250n);
    tk.tkrMono.xtimeNsec = 777n << 25n;
    tk.setupInternals(registerClocksource(COUNTERS.acpipm), 9n, 250n);
    expect([tk.tkrMono.xtimeNsec, tk.tkrMono.cycleLast]).toEqual([777n << 23n, 9n]);
    tk.setupInternals(registerClocksource(COUNTERS.hpet), 9n, 250n);
    expect(tk.tkrMono.xtimeNsec).toBe(777n << 25n);
    for (let change = 4; change < 256; change++) tk.setupInternals(tk.tkrMono.clock, 0n, 250n);
    expect(tk.csWasChangedSeq).toBe(255n);
    tk.setupInternals(tk.tkrMono.clock, 0n, 250n);
    expect(tk.csWasChangedSeq).toBe(0n);
  });
});

describe('forwarding', () => {
  test('keeps MONOTONIC and RAW where they are, however long the gap', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 58n }), (cycles) => {
        const guest = new Booted(COUNTERS.tsc29999).count(cycles);
        const before = [guest.monotonic(), guest.raw()];
        guest.tk.forwardNow(guest.counter);
        guest.tk.updateKtimeData();
        expect([guest.monotonic(), guest.raw()]).toEqual(before);
      }),
    );
  });

  test('to the very start of a second is in that second', () => {
    const { tk, counter } = new Booted().elapse(SEC);
    tk.forwardNow(counter);
    expect([tk.xtimeSec, tk.tkrMono.xtimeNsec]).toEqual([1_700_000_001n, 0n]);
    expect([tk.rawSec, tk.tkrRaw.xtimeNsec]).toEqual([1n, 0n]);
  });

  test('to a counter that fell back wins those cycles once it caught up', () => {
    const guest = new Booted().elapse(MS);
    guest.tk.forwardNow(guest.counter);
    guest.count(-700n);
    guest.tk.forwardNow(guest.counter);
    guest.count(700n);
    expect(guest.monotonic()).toBe(MS + 700n);
    expect(guest.raw()).toBe(MS + 700n);
  });

  test('with a multiplier far beyond 11 percent loses 2^64 shifted ns, for good', () => {
    const guest = new Booted().elapse(1_900n * SEC);
    const { tkrMono } = guest.tk;
    tkrMono.mult += tkrMono.mult / 4n;
    const exact = (1_900n * SEC * 5n) / 4n;
    // 2^64 >> 23 ns are 2199 s.
    expect(guest.monotonic()).toBe(exact - 2n ** 41n);
    guest.tk.forwardNow(guest.counter);
    guest.tk.updateKtimeData();
    expect(guest.monotonic()).toBe(exact - 2n ** 41n);
    expect(guest.raw()).toBe(1_900n * SEC);
  });
});

describe('REALTIME and its offsets', () => {
  test('offsReal and offsTai follow wallToMonotonic and the TAI offset', () => {
    const tk = state(COUNTERS.kvm1g, 250n);
    tk.setTaiOffset(37n);
    tk.setWallToMonotonic({ sec: -100n, nsec: 1n });
    expect(tk.offsReal).toBe(100n * SEC - 1n);
    expect(tk.offsTai).toBe(137n * SEC - 1n);
  });

  test('a leap second moves REALTIME and the TAI offset against each other', () => {
    const tk = state(COUNTERS.kvm1g, 250n);
    tk.setXtime({ sec: 1_000n, nsec: 0n });
    tk.setWallToMonotonic({ sec: -900n, nsec: 0n });
    tk.setTaiOffset(37n);
    const { offsTai } = tk;
    tk.leap(-1n);
    expect([tk.xtimeSec, tk.taiOffset, tk.offsReal]).toEqual([999n, 38n, 899n * SEC]);
    expect(tk.offsTai).toBe(offsTai);
  });

  test('a second before MONOTONIC began wraps, and the next carry brings it back to 0', () => {
    const tk = state(COUNTERS.acpipm, 100n);
    tk.setXtime({ sec: 1_703_080_260n, nsec: 609_903_524n });
    tk.setWallToMonotonic({ sec: -1_703_080_261n, nsec: 465_808_561n });
    tk.updateKtimeData();
    expect(tk.tkrMono.base).toBe(-534_191_439n);
    expect(tk.ktimeSec).toBe(0n);
    tk.tkrMono.xtimeNsec = 0n;
    tk.updateKtimeData();
    expect(tk.ktimeSec).toBe(2n ** 64n - 1n);
  });
});
