import type { Schedule } from '../contract/schedule.js';
import { numeralsOf } from './numbers.js';
import { without } from './passes.js';

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

/** What a person would have written instead of a few nanoseconds. */
const PLAIN_NS = [1_000_000_000n, 1_000_000n, 1_000n] as const;

/** Durations people think in, above the value: a second, a millisecond; or one to three digits and zeros. */
function rounded(value: bigint): readonly bigint[] {
  const { length } = value.toString();
  const digits = [1, 2, 3]
    .filter((kept) => kept < length)
    .map((kept) => {
      const unit = 10n ** BigInt(length - kept);
      return (value / unit + 1n) * unit;
    });
  return [...PLAIN_NS.filter((plain) => plain > value), ...digits];
}

/** How many numbers {@link rounder} knows of in a schedule. */
export function roundable(schedule: Schedule): number {
  return numeralsOf(schedule).length;
}

/** The schedule with its number `at` a little larger and round, the roundest first; none for what is round already. */
export function rounder(schedule: Schedule, at: number): readonly Schedule[] {
  const numeral = numeralsOf(schedule)[at];
  if (numeral === undefined || numeral.unit !== 'ns' || isRound(numeral.value)) return [];
  return rounded(numeral.value).map((value) => numeral.with(value));
}

/** Nothing, or at least a microsecond in one or two digits and zeros. */
function isRound(ns: bigint): boolean {
  return ns === 0n || (ns >= 1_000n && /^\d{1,2}0*$/.test(`${ns}`));
}
