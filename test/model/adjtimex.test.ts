import { describe, expect, test } from 'vitest';
import type { Timex } from '../../src/contract/schedule.js';
import {
  ADJ_ADJTIME,
  ADJ_FREQUENCY,
  ADJ_MAXERROR,
  ADJ_NANO,
  ADJ_OFFSET,
  ADJ_SETOFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  ADJ_TICK,
  STA_DEL,
  STA_INS,
  STA_PLL,
} from '../../src/contract/timex.js';
import { TIME_ERROR, TIME_INS, TIME_OK, TIME_OOP, TIME_WAIT } from '../../src/model/ntp.js';
import { CLOCK_SET_WALL } from '../../src/model/tk-core.js';
import { Booted, MS, PPM, SEC, stateOf } from './booted.js';

const MIDNIGHT = 1_719_792_000n;
const MAX_FREQ = (2n ** 63n - 1n) / 65_536_000n;

const call = (guest: Booted, timex: Timex) => guest.tk.adjtimex(timex, guest.counter);

describe('what adjtimex refuses', () => {
  test.each([
    ['a tick below 9000', { modes: ADJ_TICK, tick: 8_999n }],
    ['a tick above 11000', { modes: ADJ_TICK, tick: 11_001n }],
    ['a tick that is left out', { modes: ADJ_TICK }],
    ['adjtime without an offset', { modes: ADJ_ADJTIME }],
    ['a step of a million µs', { modes: ADJ_SETOFFSET, timeUsec: 1_000_000n }],
    ['a step of a negative rest', { modes: ADJ_SETOFFSET, timeUsec: -1n }],
    ['a step of 10^9 ns', { modes: ADJ_SETOFFSET | ADJ_NANO, timeUsec: SEC }],
    ['a frequency past 64 bits', { modes: ADJ_FREQUENCY, freq: MAX_FREQ + 1n }],
    ['one below them', { modes: ADJ_FREQUENCY, freq: -MAX_FREQ - 1n }],
  ])('%s changes nothing', (_, timex) => {
    const guest = new Booted().elapse(3n * MS);
    const before = stateOf(guest.tk);
    expect(call(guest, timex).ret).toBe(-22);
    expect(stateOf(guest.tk)).toEqual(before);
  });

  test('of a refused call reports what is in force', () => {
    const guest = new Booted();
    call(guest, { modes: ADJ_FREQUENCY, freq: 12n * PPM });
    expect(call(guest, { modes: ADJ_TICK, tick: 0n })).toMatchObject({
      ret: -22,
      freq: 12n * PPM,
      tick: 10_000n,
    });
  });
});

describe('what adjtimex reports', () => {
  test('after boot is nominal and not synchronised', () => {
    const guest = new Booted().elapse(1_500n * MS);
    expect(call(guest, { modes: 0 })).toEqual({
      ret: TIME_ERROR,
      offset: 0n,
      freq: 0n,
      maxerror: 16_000_000n,
      esterror: 16_000_000n,
      status: 0x40,
      constant: 2n,
      precision: 1n,
      tolerance: 32_768_000n,
      tick: 10_000n,
      tai: 0n,
      timeSec: 1_700_000_001n,
      timeUsec: 500_000n,
    });
  });

  test.each([1n, -1n, 65_536n, -100n * PPM, 500n * PPM])('gives the frequency %d back', (freq) => {
    expect(call(new Booted(), { modes: ADJ_FREQUENCY, freq }).freq).toBe(freq);
  });

  test('the phase and the time in the unit of the status', () => {
    const guest = new Booted().elapse(1_234_567n);
    call(guest, { modes: ADJ_STATUS, status: STA_PLL });
    const offset = 1_000n;
    expect(call(guest, { modes: ADJ_OFFSET, offset })).toMatchObject({
      offset: 1_000n,
      timeUsec: 1_234n,
    });
    const nano = call(guest, { modes: ADJ_OFFSET | ADJ_NANO, offset });
    expect(nano.timeUsec).toBe(1_234_567n);
    expect(nano.offset).toBe(1_000n);
  });

  test('of adjtime the rest of the old slew', () => {
    const guest = new Booted();
    expect(call(guest, { modes: 0x8001, offset: 700n }).offset).toBe(0n);
    guest.tickThrough(1_100n * MS);
    expect(call(guest, { modes: 0xa001 }).offset).toBe(200n);
    expect(call(guest, { modes: 0x8001 }).offset).toBe(200n);
    expect(call(guest, { modes: 0xa001 }).offset).toBe(0n);
  });
});

describe('what adjtimex changes', () => {
  test('a frequency acts at once, and MONOTONIC stays where it is', () => {
    const guest = new Booted().elapse(3n * MS);
    const before = guest.monotonic();
    call(guest, { modes: ADJ_FREQUENCY, freq: 500n * PPM });
    expect(guest.monotonic()).toBe(before);
    expect(guest.tk.tkrMono.mult).toBe(8_388_608n + 4_194n);
    expect(guest.tk.takeClockWasSet()).toBe(0);
  });

  test('a phase is timed by the second of the last tick', () => {
    const guest = new Booted();
    call(guest, { modes: ADJ_STATUS, status: STA_PLL });
    guest.elapse(1_500n * MS);
    call(guest, { modes: ADJ_OFFSET, offset: 1_000n });
    expect(guest.tk.ntp.timeReftime).toBe(1_700_000_000n);
  });

  test('a step moves REALTIME and forgets the slew', () => {
    const guest = new Booted();
    call(guest, { modes: 0x8001, offset: 700n });
    const step = { modes: ADJ_SETOFFSET | ADJ_NANO, timeSec: -1n, timeUsec: 700_000_000n };
    expect(call(guest, step)).toMatchObject({ ret: TIME_ERROR, timeSec: 1_699_999_999n });
    expect(guest.realtime()).toBe(1_699_999_999_700_000_000n);
    expect(guest.tk.ntp.timeAdjust).toBe(0n);
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_SET_WALL);
  });

  test('a step in µs to before MONOTONIC began is refused late', () => {
    const guest = new Booted();
    const seq = guest.tk.clockWasSetSeq;
    const step = { modes: ADJ_SETOFFSET, timeSec: -1_700_000_001n, timeUsec: 5n };
    expect(call(guest, step).ret).toBe(-22);
    expect(guest.tk.clockWasSetSeq).toBe(seq + 1n);
    expect(call(guest, { modes: ADJ_SETOFFSET }).ret).toBe(TIME_ERROR);
  });

  test('the TAI offset moves TAI alone, and only a change counts as setting the clock', () => {
    const guest = new Booted();
    expect(call(guest, { modes: ADJ_TAI, constant: 37n }).tai).toBe(37n);
    expect(guest.tk.tai(guest.counter) - guest.realtime()).toBe(37n * SEC);
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_SET_WALL);
    call(guest, { modes: ADJ_TAI, constant: 37n });
    expect(guest.tk.takeClockWasSet()).toBe(0);
  });
});

describe('around a leap second whose tick is late', () => {
  const leaping = (status: number) => {
    const guest = new Booted(undefined, { persistent: { sec: MIDNIGHT - 10n, nsec: 0n } });
    call(guest, { modes: ADJ_STATUS | ADJ_MAXERROR | ADJ_TAI, status, constant: 37n });
    guest.tickThrough(1_100n * MS);
    return guest;
  };

  test('an insertion is reported as if it had come', () => {
    const guest = leaping(STA_INS);
    expect(call(guest, { modes: 0 }).ret).toBe(TIME_INS);
    guest.elapse(9_000n * MS);
    expect(guest.realtime() / SEC).toBe(MIDNIGHT);
    expect(call(guest, { modes: 0 })).toMatchObject({
      ret: TIME_OOP,
      tai: 38n,
      timeSec: MIDNIGHT - 1n,
    });
    guest.tk.tick(guest.counter);
    expect(guest.realtime() / SEC).toBe(MIDNIGHT - 1n);
    expect(call(guest, { modes: 0 })).toMatchObject({ ret: TIME_OOP, tai: 38n });
    guest.elapse(1_000n * MS);
    expect(call(guest, { modes: 0 })).toMatchObject({ ret: TIME_WAIT, timeSec: MIDNIGHT });
  });

  test('an insertion called off at the last moment is not', () => {
    const guest = leaping(STA_INS);
    guest.elapse(9_000n * MS);
    expect(call(guest, { modes: ADJ_STATUS, status: 0 })).toMatchObject({
      ret: TIME_INS,
      tai: 37n,
      timeSec: MIDNIGHT,
    });
  });

  test('a deletion, too', () => {
    const guest = leaping(STA_DEL);
    guest.elapse(8_000n * MS);
    expect(guest.realtime() / SEC).toBe(MIDNIGHT - 1n);
    expect(call(guest, { modes: 0 })).toMatchObject({
      ret: TIME_WAIT,
      tai: 36n,
      timeSec: MIDNIGHT,
    });
  });

  test('nothing is special while no leap second is wanted', () => {
    const guest = leaping(0);
    guest.elapse(9_000n * MS);
    expect(call(guest, { modes: 0 })).toMatchObject({ ret: TIME_OK, timeSec: MIDNIGHT });
  });

  test('a frequency set in that moment carries it out', () => {
    const guest = leaping(STA_INS);
    guest.elapse(9_000n * MS);
    guest.tk.takeClockWasSet();
    call(guest, { modes: ADJ_FREQUENCY, freq: PPM });
    expect(guest.tk.taiOffset).toBe(38n);
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_SET_WALL);
  });
});
