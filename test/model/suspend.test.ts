import { describe, expect, test } from 'vitest';
import { monotonicFast } from '../../src/model/fast-timekeeper.js';
import { Booted, COUNTERS, MS, PPM, SEC } from './booted.js';

const NO_CLOCK = { sec: 0n, nsec: 0n };
const wall = (sec: bigint, nsec = 0n) => ({ sec: 1_700_000_000n + sec, nsec });

const clocks = (guest: Booted) => ({
  monotonic: guest.monotonic(),
  raw: guest.raw(),
  slept: guest.tk.boottime(guest.counter) - guest.monotonic(),
  real: guest.realtime() - 1_700_000_000n * SEC,
});

describe('suspend and resume', () => {
  test('by a persistent clock: MONOTONIC and RAW stand still, the others go on', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.suspend(guest.counter, wall(1n));
    guest.elapse(100n * SEC);
    guest.tk.resume(guest.counter, wall(101n));
    expect(clocks(guest)).toEqual({
      monotonic: SEC,
      raw: SEC,
      slept: 100n * SEC,
      real: 101n * SEC,
    });
    expect(guest.tk.suspendTimingNeeded).toBe(false);
  });

  test('without any clock that ran: nobody knows, the RTC is asked', () => {
    const guest = new Booted(undefined, { persistent: NO_CLOCK }).elapse(SEC);
    guest.tk.suspend(guest.counter, NO_CLOCK);
    guest.elapse(100n * SEC);
    guest.tk.resume(guest.counter, NO_CLOCK);
    expect(guest.tk.boottime(guest.counter)).toBe(SEC);
    expect(guest.tk.suspendTimingNeeded).toBe(true);
  });

  test('by a counter that runs on: to its cycle, at the nominal rate', () => {
    const guest = new Booted(COUNTERS.arm24m).elapse(SEC);
    guest.tk.adjtimex({ modes: 0x2, freq: 500n * PPM }, guest.counter);
    guest.tk.suspend(guest.counter, wall(1n));
    // The persistent clock is coarser, and not asked.
    guest.elapse(100n * SEC);
    guest.tk.resume(guest.counter, wall(90n));
    const slept = guest.tk.offsBoot;
    expect(Number(slept - 100n * SEC)).toBeLessThan(100);
    expect(Number(slept - 100n * SEC)).toBeGreaterThan(-100);
  });

  test('by a counter that runs on, for years', () => {
    const guest = new Booted(COUNTERS.arm24m).elapse(SEC);
    guest.tk.suspend(guest.counter, wall(1n));
    const cycles = 24_000_000n * 10n * 365n * 86_400n;
    guest.count(cycles);
    guest.tk.resume(guest.counter, wall(1n));
    expect(guest.tk.offsBoot).toBe((cycles * 699_050_667n) >> 24n);
  });

  test('a counter that runs on but fell behind leaves it to the persistent clock', () => {
    const guest = new Booted(COUNTERS.arm24m).elapse(SEC);
    guest.tk.suspend(guest.counter, wall(1n));
    guest.count(-5n);
    guest.tk.resume(guest.counter, wall(11n));
    expect(guest.tk.offsBoot).toBe(10n * SEC);
  });

  test('a persistent clock that stands still tells no sleep', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.suspend(guest.counter, wall(1n));
    guest.tk.resume(guest.counter, wall(1n));
    expect(guest.tk.offsBoot).toBe(0n);
    expect(guest.tk.suspendTimingNeeded).toBe(true);
  });

  test('a second crossed asleep meets no NTP: nothing is slewed, the error starts afresh', () => {
    const guest = new Booted();
    guest.tk.adjtimex({ modes: 0x8001, offset: 5_000n }, guest.counter);
    guest.tk.suspend(guest.counter, wall(0n));
    guest.tk.resume(guest.counter, wall(100n));
    expect(guest.tk.ntp.timeAdjust).toBe(5_000n);
    expect(guest.tk.ntpError).toBe(0n);
  });
});

describe('a persistent clock of whole seconds', () => {
  test('does not make many short sleeps drift', () => {
    const guest = new Booted(undefined, { persistent: wall(0n) });
    let trueNs = 0n;
    const rtc = () => wall(trueNs / SEC);
    for (let round = 0; round < 20; round++) {
      trueNs += 300n * MS;
      guest.elapse(300n * MS);
      guest.tk.suspend(guest.counter, rtc());
      trueNs += 700n * MS;
      guest.tk.resume(guest.counter, rtc());
    }
    const off = Number(guest.realtime() - 1_700_000_000n * SEC - trueNs) / 1e9;
    expect(Math.abs(off)).toBeLessThan(1);
  });

  test('that was not there at boot is compared with REALTIME, too', () => {
    const guest = new Booted(undefined, { persistent: NO_CLOCK }).elapse(SEC);
    guest.tk.suspend(guest.counter, wall(1n));
    expect(guest.tk.suspendTime).toEqual(wall(1n));
    guest.tk.resume(guest.counter, wall(11n));
    guest.elapse(300n * MS);
    guest.tk.suspend(guest.counter, wall(11n));
    expect(guest.tk.suspendTime).toEqual(wall(11n, 300n * MS));
  });

  test('that is 2 s off is believed from then on', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.suspend(guest.counter, wall(-4n));
    expect(guest.tk.suspendTime).toEqual(wall(-4n));
    guest.tk.resume(guest.counter, wall(6n));
    expect(guest.tk.offsBoot).toBe(10n * SEC);
    guest.tk.suspend(guest.counter, wall(6n));
    expect(guest.tk.suspendTime).toEqual(wall(6n));
  });
});

describe('reads while suspended', () => {
  test('run on with the counter and fall back at resume', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.suspend(guest.counter, NO_CLOCK);
    guest.elapse(SEC);
    expect(guest.monotonic()).toBe(2n * SEC);
    guest.tk.resume(guest.counter, NO_CLOCK);
    expect(guest.monotonic()).toBe(SEC);
  });

  test('of the NMI-safe kind stand still', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.suspend(guest.counter, NO_CLOCK);
    guest.elapse(SEC);
    expect(monotonicFast(guest.tk, guest.counter)).toBe(SEC);
  });
});
