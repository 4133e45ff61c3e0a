import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Booted, COUNTERS, MS, PPM, SEC } from './booted.js';

/** A guest with a snapshot in its history, and its last update `ticks` ticks after it. */
const withHistory = (freq = 0n) => {
  const guest = new Booted(COUNTERS.arm24m);
  guest.tk.adjtimex({ modes: 0x2, freq }, guest.counter);
  guest.tickThrough(20n * MS).elapse(MS);
  const history = guest.tk.snapshot(guest.counter);
  guest.tickThrough(400n * MS).elapse(MS);
  return { guest, history };
};

const at = (guest: Booted, cycles: bigint) => ({
  real: guest.tk.realtime(cycles),
  raw: guest.tk.raw(cycles),
});

describe('a device time stamp', () => {
  test('since the last update is converted exactly', () => {
    const { guest } = withHistory();
    const { cycleLast } = guest.tk.tkrMono;
    for (const cycles of [cycleLast, cycleLast + 5n, guest.counter]) {
      expect(guest.tk.crosststamp(cycles, undefined, guest.counter)).toEqual({
        ret: 0,
        ...at(guest, cycles),
      });
    }
  });

  test('before the last update lies on the line between the snapshot and it', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 9_000_000n }),
        fc.bigInt({ min: -500n * PPM, max: 500n * PPM }),
        (after, freq) => {
          const { guest, history } = withHistory(freq);
          const cycles = history.cycles + after;
          const { ret, real, raw } = guest.tk.crosststamp(cycles, history, guest.counter);
          expect(ret).toBe(0);
          const elapsed = (after * SEC) / 24_000_000n;
          expect(Math.abs(Number(raw - history.raw - elapsed))).toBeLessThan(3);
          const ratio = 1 + Number(freq) / 65_536 / 1e6;
          expect(Math.abs(Number(real - history.real) - Number(elapsed) * ratio)).toBeLessThan(100);
        },
      ),
    );
  });

  test('at the snapshot is the snapshot', () => {
    const { guest, history } = withHistory();
    const { ret, real, raw } = guest.tk.crosststamp(history.cycles, history, guest.counter);
    expect({ ret, real, raw }).toEqual({ ret: 0, real: history.real, raw: history.raw });
  });

  test.each([
    ['without a history', () => undefined, -1n],
    ['before the history', (known: bigint) => known, -1n],
    ['in the future', (known: bigint) => known, 1_000_000_000n],
  ])('%s is refused', (_, known, offset) => {
    const { guest, history } = withHistory();
    const given = known(0n) === undefined ? undefined : history;
    const base = given === undefined ? guest.tk.tkrMono.cycleLast : history.cycles;
    const stamp = guest.tk.crosststamp(base + offset, given, guest.counter);
    expect(stamp).toEqual({ ret: -22, real: 0n, raw: 0n });
  });

  test('of a history on another counter is refused', () => {
    const { guest, history } = withHistory();
    guest.tk.switchClocksource(guest.tk.tkrMono.clock, guest.counter, guest.counter);
    expect(guest.tk.crosststamp(history.cycles + 5n, history, guest.counter).ret).toBe(-22);
  });

  test('across a step of REALTIME follows the new time, by the length in RAW', () => {
    const { guest, history } = withHistory();
    guest.tk.settime(1_800_000_000n, 0n, guest.counter);
    const cycles = guest.tk.tkrMono.cycleLast - 24_000n;
    const { real, raw } = guest.tk.crosststamp(cycles, history, guest.counter);
    expect(1_800_000_000n * SEC - real).toBe(MS);
    expect(guest.tk.raw(guest.counter) - raw).toBe(MS);
  });

  test.each(['raw', 'real'] as const)(
    'whose way in %s is too long for 64 bits overflows',
    (clock) => {
      const guest = new Booted(COUNTERS.kvm1g);
      const history = guest.tk.snapshot(guest.counter);
      guest.tickAfter(2n ** 60n);
      const far = { ...history, [clock]: history[clock] - 2n ** 62n };
      const cycles = history.cycles + 2n ** 59n;
      const stamp = guest.tk.crosststamp(cycles, far, guest.counter);
      expect(stamp).toEqual({ ret: -75, real: 0n, raw: 0n });
    },
  );
});

test('a narrow counter that wrapped since the last update has been at both ends of its width', () => {
  const guest = new Booted(COUNTERS.acpipm, { counter: 0xff_fff0n });
  guest.count(0x20n);
  const stamp = (cycles: bigint) => guest.tk.crosststamp(cycles, undefined, guest.counter).ret;
  expect([0xff_fff0n, 0xff_ffffn, 0n, 0x10n].map(stamp)).toEqual([0, 0, 0, 0]);
  expect([0x11n, 0xff_ffefn].map(stamp)).toEqual([-22, -22]);
});

describe('a snapshot', () => {
  test('is REALTIME and RAW of one sample, and names the publication', () => {
    const { guest } = withHistory();
    expect(guest.tk.snapshot(guest.counter)).toEqual({
      cycles: guest.counter,
      ...at(guest, guest.counter),
      clockWasSetSeq: 1n,
      csWasChangedSeq: 1n,
    });
  });
});
