import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_IDS } from '../../src/contract/clock.js';
import { UsageError } from '../../src/contract/errors.js';
import { registerClocksource } from '../../src/model/clocksource.js';
import { act } from './acts.js';
import { Booted, COUNTERS, MS, SEC, stateOf } from './booted.js';

describe('booting', () => {
  test('starts MONOTONIC at the uptime and REALTIME at the wall clock', () => {
    const guest = new Booted(COUNTERS.tsc25, {
      persistent: { sec: 1_703_080_260n, nsec: 609_903_524n },
      bootNs: 75_712_085n,
    });
    expect(guest.monotonic()).toBe(75_712_085n);
    expect(guest.realtime()).toBe(1_703_080_260_609_903_524n);
    expect(guest.raw()).toBe(0n);
    expect(guest.tk.persistentClockExists).toBe(true);
  });

  test.each([
    { sec: 0n, nsec: 0n },
    { sec: -5n, nsec: 0n },
    { sec: 9_000_000_000n, nsec: 0n },
  ])('with a wall clock of %o starts everything at 0', (persistent) => {
    const guest = new Booted(undefined, { persistent, bootNs: 5n });
    expect([guest.monotonic(), guest.realtime()]).toEqual([0n, 0n]);
    expect(guest.tk.persistentClockExists).toBe(false);
  });

  test.each([0, 12.5, 2_000])('with HZ %d is refused', (hz) => {
    expect(() => new Booted(undefined, { hz })).toThrow(UsageError);
  });
});

describe('reading by clock', () => {
  test('names the same clocks as the methods', () => {
    const guest = new Booted();
    guest.tk.adjtimex({ modes: 0x80, constant: 37n }, guest.counter);
    guest.tk.injectSleeptime64({ sec: 100n, nsec: 0n }, guest.counter);
    guest.tickThrough(SEC).elapse(3n * MS);
    const { tk, counter } = guest;
    expect(CLOCK_IDS.map((clock) => [clock, tk.read(clock, counter)])).toEqual([
      ['CLOCK_REALTIME', tk.realtime(counter)],
      ['CLOCK_TAI', tk.tai(counter)],
      ['CLOCK_MONOTONIC', tk.monotonic(counter)],
      ['CLOCK_MONOTONIC_RAW', tk.raw(counter)],
      ['CLOCK_BOOTTIME', tk.boottime(counter)],
      ['CLOCK_REALTIME_COARSE', tk.realtime(counter) - 3n * MS],
      ['CLOCK_MONOTONIC_COARSE', tk.monotonic(counter) - 3n * MS],
    ]);
  });

  test('MONOTONIC never falls on one CPU, whatever the guest does to its clocks', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const guest = new Booted(COUNTERS.tsc29999);
        let [monotonic, raw] = [guest.monotonic(), guest.raw()];
        for (const step of acts) {
          step(guest);
          expect(guest.monotonic() >= monotonic && guest.raw() >= raw).toBe(true);
          [monotonic, raw] = [guest.monotonic(), guest.raw()];
        }
      }),
    );
  });
});

describe('the offsets', () => {
  test('agree with each other after every act', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const guest = new Booted(COUNTERS.arm24m);
        for (const step of acts) {
          step(guest);
          const { tk } = guest;
          const { sec, nsec } = tk.wallToMonotonic;
          expect(tk.offsReal).toBe(-(sec * SEC + nsec));
          expect(tk.offsTai).toBe(tk.offsReal + tk.taiOffset * SEC);
          expect(tk.xtimeInterval).toBe(tk.cycleInterval * tk.tkrMono.mult);
          expect(tk.tkrMono.xtimeNsec < tk.tkrMono.clock.nsecPerSecShifted).toBe(true);
        }
      }),
    );
  });
});

describe('a clone', () => {
  test('goes on as its original would have, and neither moves the other', () => {
    const acts = () => fc.array(act, { maxLength: 12 });
    fc.assert(
      fc.property(acts(), acts(), acts(), (before, mine, others) => {
        const guest = new Booted(COUNTERS.tsc25);
        for (const step of before) step(guest);
        const twin = Object.assign(new Booted(COUNTERS.tsc25), {
          tk: guest.tk.clone(),
          counter: guest.counter,
        });
        const third = Object.assign(new Booted(COUNTERS.tsc25), {
          tk: guest.tk.clone(),
          counter: guest.counter,
        });
        for (const step of others) step(third);
        for (const step of mine) step(guest);
        for (const step of mine) step(twin);
        expect(stateOf(twin.tk)).toEqual(stateOf(guest.tk));
      }),
    );
  });

  test('of a guest in mid-tick still owes the second half', () => {
    const guest = new Booted().elapse(4n * MS);
    guest.tk.sampleTick(guest.counter);
    const copy = guest.tk.clone();
    guest.tk.publishTick();
    expect(copy.tkrMono.cycleLast).toBe(5_000_000_000n);
    copy.publishTick();
    expect(copy.tkrMono.cycleLast).toBe(guest.tk.tkrMono.cycleLast);
  });

  test('keeps the counter that its original switched to', () => {
    const guest = new Booted();
    guest.tk.switchClocksource(registerClocksource(COUNTERS.hpet), 5n, guest.counter);
    expect(guest.tk.clone().tkrMono.clock.name).toBe('hpet');
  });
});

describe('a switch of the counter', () => {
  test('keeps every clock to the nanosecond', () => {
    const guest = new Booted(COUNTERS.tsc25).elapse(1_234_567n);
    const clocks = (counter: bigint) =>
      CLOCK_IDS.slice(0, 5).map((id) => guest.tk.read(id, counter));
    const before = clocks(guest.counter);
    guest.tk.switchClocksource(registerClocksource(COUNTERS.acpipm), 99n, guest.counter);
    expect(clocks(99n)).toEqual(before);
    expect(guest.tk.csWasChangedSeq).toBe(2n);
  });

  test('forgets a second that was taken back, and what NTP had under way', () => {
    const guest = new Booted().elapse(3n * MS);
    guest.tk.adjtimex({ modes: 0x8001, offset: 700n }, guest.counter);
    guest.tk.adjtimex({ modes: 0x4000, tick: 11_000n }, guest.counter);
    expect(guest.tk.skipSecondOverflow).toBe(true);
    guest.tk.switchClocksource(registerClocksource(COUNTERS.hpet), 5n, guest.counter);
    expect(guest.tk.skipSecondOverflow).toBe(false);
    expect(guest.tk.ntp.timeAdjust).toBe(0n);
  });
});

test('a second half without a first does nothing', () => {
  const { tk } = new Booted();
  const before = stateOf(tk);
  tk.publishTick();
  expect(stateOf(tk)).toEqual(before);
});
