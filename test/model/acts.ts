import fc from 'fast-check';
import { type Booted, PPM, SEC } from './booted.js';

/** One act of a guest, drawn. */
export type Act = (guest: Booted) => void;

const gap = () => fc.bigInt({ min: 0n, max: 20n * SEC });

const freq = fc.bigInt({ min: -500n * PPM, max: 500n * PPM });
const slew = fc.bigInt({ min: -9_999n, max: 9_999n });
const year = fc.bigInt({ min: 1_000n, max: 2_000_000_000n });

/** Ticks, waits, frequencies, slews, sets and sleeps; none of them refused. */
export const act: fc.Arbitrary<Act> = fc.oneof(
  gap().map(
    (ns): Act =>
      (guest) =>
        void guest.tickAfter(ns),
  ),
  gap().map(
    (ns): Act =>
      (guest) =>
        void guest.elapse(ns),
  ),
  freq.map(
    (value): Act =>
      (guest) => {
        guest.tk.adjtimex({ modes: 0x2, freq: value }, guest.counter);
      },
  ),
  slew.map(
    (offset): Act =>
      (guest) => {
        guest.tk.adjtimex({ modes: 0x8001, offset }, guest.counter);
      },
  ),
  year.map(
    (sec): Act =>
      (guest) =>
        void guest.tk.settime(sec, 5n, guest.counter),
  ),
  gap().map(
    (ns): Act =>
      (guest) => {
        guest.tk.suspend(guest.counter, { sec: 0n, nsec: 0n });
        guest.elapse(ns);
        guest.tk.resume(guest.counter, { sec: 0n, nsec: 0n });
      },
  ),
);

/** The same, in the middle of a tick more often than not, and with the rarer writers. */
export const closeAct: fc.Arbitrary<Act> = fc.oneof(
  act,
  fc.bigInt({ min: 0n, max: 5_000_000n }).map(
    (ns): Act =>
      (guest) =>
        void guest.elapse(ns),
  ),
  fc.bigInt({ min: 9_000n, max: 11_000n }).map(
    (tick): Act =>
      (guest) => {
        guest.tk.adjtimex({ modes: 0x4000, tick }, guest.counter);
      },
  ),
  fc.bigInt({ min: 0n, max: 99n }).map(
    (constant): Act =>
      (guest) => {
        guest.tk.adjtimex({ modes: 0x80, constant }, guest.counter);
      },
  ),
  fc.bigInt({ min: 0n, max: 99n }).map(
    (sec): Act =>
      (guest) => {
        guest.tk.injectSleeptime64({ sec, nsec: 7n }, guest.counter);
      },
  ),
);
