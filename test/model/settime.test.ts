import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STA_INS } from '../../src/contract/timex.js';
import { CLOCK_SET_BOOT, CLOCK_SET_WALL } from '../../src/model/tk-core.js';
import { Booted, COUNTERS, MS, PPM, SEC, stateOf } from './booted.js';

const MIDNIGHT = 1_719_792_000n;

describe('setting REALTIME', () => {
  test('moves REALTIME and TAI, and no other clock by a nanosecond', () => {
    const seconds = fc.bigInt({ min: 1_000n, max: 8_000_000_000n });
    const rest = fc.bigInt({ min: 0n, max: SEC - 1n });
    fc.assert(
      fc.property(seconds, rest, fc.bigInt({ min: 0n, max: SEC }), (sec, nsec, ns) => {
        const guest = new Booted(COUNTERS.tsc29999).elapse(ns);
        const before = [guest.monotonic(), guest.raw(), guest.tk.boottime(guest.counter)];
        expect(guest.tk.settime(sec, nsec, guest.counter)).toBe(0);
        expect([guest.monotonic(), guest.raw(), guest.tk.boottime(guest.counter)]).toEqual(before);
        expect(guest.realtime()).toBe(sec * SEC + nsec);
        expect(guest.tk.tai(guest.counter)).toBe(guest.realtime());
      }),
    );
  });

  test.each([
    [-1n, 0n],
    [0n, -1n],
    [0n, SEC],
    [8_277_292_036n, 0n],
  ])('to %d s %d ns is refused without a trace', (sec, nsec) => {
    const guest = new Booted().elapse(3n * MS);
    const before = stateOf(guest.tk);
    expect(guest.tk.settime(sec, nsec, guest.counter)).toBe(-22);
    expect(stateOf(guest.tk)).toEqual(before);
  });

  test('to before MONOTONIC began is refused late, with the NTP state gone', () => {
    const guest = new Booted().elapse(10n * SEC);
    guest.tk.adjtimex({ modes: 0x8001, offset: 700n }, guest.counter);
    const before = guest.realtime();
    expect(guest.tk.settime(9n, 0n, guest.counter)).toBe(-22);
    expect(guest.realtime()).toBe(before);
    expect(guest.tk.ntp.timeAdjust).toBe(0n);
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_SET_WALL);
    expect(guest.tk.settime(10n, 0n, guest.counter)).toBe(0);
  });

  test('keeps the frequency and forgets a pending leap second', () => {
    const guest = new Booted(undefined, { persistent: { sec: MIDNIGHT - 10n, nsec: 0n } });
    guest.tk.adjtimex({ modes: 0x12, freq: PPM, status: STA_INS }, guest.counter);
    guest.tickThrough(2n * SEC);
    guest.tk.settime(MIDNIGHT - 5n, 0n, guest.counter);
    guest.tickThrough(10n * SEC);
    expect(guest.tk.ntp.timeFreq).toBe(1_000n << 32n);
    expect(guest.tk.taiOffset).toBe(0n);
  });

  test('makes a leap second be missed whose second it crosses itself', () => {
    const guest = new Booted(undefined, { persistent: { sec: MIDNIGHT - 10n, nsec: 0n } });
    guest.tk.adjtimex({ modes: 0x10, status: STA_INS }, guest.counter);
    guest.tickThrough(2n * SEC);
    guest.elapse(9n * SEC);
    guest.tk.injectOffset(0n, 0n, guest.counter);
    guest.tickThrough(SEC);
    expect(guest.tk.taiOffset).toBe(0n);
  });
});

describe('stepping REALTIME', () => {
  test.each([
    [5n, 1n, 5_000_000_001n],
    [-1n, 700_000_000n, -300_000_000n],
  ])('by %d s %d ns moves it by %d ns', (sec, nsec, ns) => {
    const guest = new Booted(COUNTERS.tsc29999).elapse(1_234n);
    const before = guest.realtime();
    const monotonic = guest.monotonic();
    expect(guest.tk.injectOffset(sec, nsec, guest.counter)).toBe(0);
    expect(guest.realtime() - before).toBe(ns);
    expect(guest.monotonic()).toBe(monotonic);
  });

  test.each([
    [0n, -1n, false],
    [0n, SEC, false],
    [-1_700_000_001n, 0n, true],
    [8_000_000_000n, 0n, true],
  ])('by %d s %d ns is refused; late: %s', (sec, nsec, late) => {
    const guest = new Booted();
    const before = guest.realtime();
    expect(guest.tk.injectOffset(sec, nsec, guest.counter)).toBe(-22);
    expect(guest.realtime()).toBe(before);
    expect(guest.tk.takeClockWasSet()).toBe(late ? CLOCK_SET_WALL : 0);
  });
});

describe('a sleep that the RTC tells', () => {
  test('moves REALTIME, TAI and BOOTTIME, not MONOTONIC and RAW', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.injectSleeptime64({ sec: 100n, nsec: 5n }, guest.counter);
    expect(guest.monotonic()).toBe(SEC);
    expect(guest.raw()).toBe(SEC);
    expect(guest.tk.boottime(guest.counter)).toBe(101n * SEC + 5n);
    expect(guest.realtime()).toBe(1_700_000_101n * SEC + 5n);
    expect(guest.tk.monotonicToBoot).toEqual({ sec: 100n, nsec: 5n });
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_SET_WALL | CLOCK_SET_BOOT);
  });

  test.each([
    { sec: -1n, nsec: 0n },
    { sec: 100n, nsec: -1n },
    { sec: 9_223_372_036n, nsec: 0n },
  ])('of %o moves nothing', (delta) => {
    const guest = new Booted();
    guest.tk.injectSleeptime64(delta, guest.counter);
    expect(guest.tk.offsBoot).toBe(0n);
  });
});
