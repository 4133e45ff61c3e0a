import type { Schedule } from '../contract/schedule.js';
import { without } from './candidates.js';
import { numeralsOf } from './numbers.js';

/** A schedule that is a little less than another, and in what. */
export interface Neighbour {
  readonly less: 'single' | 'pair' | 'value';
  readonly schedule: Schedule;
}

/** Every schedule with one command, two commands or one number less: what a minimum is checked against. */
export function* neighbours(schedule: Schedule): Generator<Neighbour> {
  const { length } = schedule.commands;
  for (let first = 0; first < length; first++) {
    const rest = without(schedule, first, first + 1);
    yield { less: 'single', schedule: rest };
    for (let second = first; second < length - 1; second++) {
      yield { less: 'pair', schedule: without(rest, second, second + 1) };
    }
  }
  for (const { value, target, with: set } of numeralsOf(schedule)) {
    if (value === target) continue;
    const step = value < target ? 1n : -1n;
    yield { less: 'value', schedule: set(value + step) };
    yield { less: 'value', schedule: set(target) };
    yield { less: 'value', schedule: set(target + (value - target) / 2n) };
  }
}

/** Durations people think in: a power of ten, or one or two digits and zeros. */
function rounded(value: bigint): readonly bigint[] {
  const digits = value.toString();
  const round = [10n ** BigInt(digits.length)];
  for (const kept of [1, 2, 3]) {
    if (kept >= digits.length) break;
    const unit = 10n ** BigInt(digits.length - kept);
    round.push((value / unit + 1n) * unit);
  }
  return round;
}

/** How many numbers {@link rounder} knows of in a schedule. */
export function roundable(schedule: Schedule): number {
  return numeralsOf(schedule).length;
}

/** The schedule with its number `at` a little larger and round, the roundest first; none for what is round already. */
export function rounder(schedule: Schedule, at: number): readonly Schedule[] {
  const numeral = numeralsOf(schedule)[at];
  if (numeral === undefined || numeral.unit !== 'ns' || /^\d{0,2}0*$/.test(`${numeral.value}`)) {
    return [];
  }
  return rounded(numeral.value).map((value) => numeral.with(value));
}
