import { describe, expect, test } from 'vitest';
import {
  boottimeFast,
  monotonicFast,
  rawFast,
  realtimeFast,
  taiFast,
} from '../../src/model/fast-timekeeper.js';
import { Booted, COUNTERS, PPM, SEC } from './booted.js';

const fast = ({ tk, counter }: Booted) => [
  monotonicFast(tk, counter),
  rawFast(tk, counter),
  boottimeFast(tk, counter),
  taiFast(tk, counter),
  realtimeFast(tk, counter),
];

describe('the NMI-safe readers', () => {
  test('outside an update show what the system calls show', () => {
    const guest = new Booted(COUNTERS.tsc29999);
    guest.tk.adjtimex({ modes: 0x82, freq: 123n * PPM, constant: 37n }, guest.counter);
    guest.tk.injectSleeptime64({ sec: 100n, nsec: 0n }, guest.counter);
    guest.tickThrough(SEC).elapse(1_234_567n);
    const { tk, counter } = guest;
    expect(fast(guest)).toEqual([
      tk.monotonic(counter),
      tk.raw(counter),
      tk.boottime(counter),
      tk.tai(counter),
      tk.realtime(counter),
    ]);
  });

  test('stand still from suspend to the next update', () => {
    const guest = new Booted().elapse(SEC);
    guest.tk.suspend(guest.counter, { sec: 0n, nsec: 0n });
    const before = fast(guest);
    guest.elapse(5n * SEC);
    expect(fast(guest)).toEqual(before);
    guest.tk.resume(guest.counter, { sec: 0n, nsec: 0n });
    expect(fast(guest)).toEqual(before);
    guest.elapse(SEC);
    expect(monotonicFast(guest.tk, guest.counter)).toBe(2n * SEC);
  });
});
