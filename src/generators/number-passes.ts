import type { Schedule } from '../contract/schedule.js';
import { type Numeral, numeralsOf } from './numbers.js';
import type { Try } from './passes.js';

/**
 * Each number to its target, else bisected to the exact least distance from it that still fails;
 * `memo` is the largest distance known to pass, plus one.
 */
export function* numbers(schedule: Schedule, from: number, memo: bigint): Iterable<Try> {
  const numerals = numeralsOf(schedule);
  let known = memo;
  for (let at = from; at < numerals.length; at++) {
    const numeral = numerals[at];
    if (numeral !== undefined) yield* bisect(numeral, at, known);
    known = 0n;
  }
}

function* bisect(numeral: Numeral, at: number, memo: bigint): Iterable<Try> {
  const { value, target } = numeral;
  const sign = value < target ? -1n : 1n;
  const distance = (value - target) * sign;
  let passing = memo - 1n;
  if (passing < 0n) {
    if (distance === 0n) return;
    yield { schedule: numeral.with(target), at, memo: 1n };
    passing = 0n;
  }
  while (distance - passing > 1n) {
    const middle = (passing + distance) >> 1n;
    yield { schedule: numeral.with(target + middle * sign), at, memo: passing + 1n };
    passing = middle;
  }
}

/** One number up a little, another of the same unit down by more: where only a relation of the two matters. */
export function* trades(schedule: Schedule): Iterable<Try> {
  const numerals = numeralsOf(schedule);
  for (const [up, raised] of numerals.entries()) {
    for (const [down, lowered] of numerals.entries()) {
      if (up === down || raised.unit !== lowered.unit || raised.unit === 'other') continue;
      const room = lowered.value - lowered.target;
      for (const by of [1n, 8n, 64n]) {
        if (room <= 2n * by) break;
        const partner = numeralsOf(raised.with(raised.value + by))[down];
        if (partner === undefined) continue;
        yield { schedule: partner.with(partner.target + room / 2n), at: 0, memo: 0n };
      }
    }
  }
}
