import type { Command, Schedule } from '../contract/schedule.js';
import { type Numeral, numeralsOf } from './numbers.js';
import { plainCommands, renumbered, simplerCommands, simplerMachines } from './simpler.js';

/**
 * Where shrinking is: the pass, and how far in it. A candidate that still fails becomes the schedule,
 * and shrinking goes on from its mark instead of from the start.
 */
export interface Mark {
  readonly pass: number;
  readonly at: number;
  /** What the pass remembers beside: a chunk's size, or the largest number known to pass. */
  readonly memo: bigint;
  /** Whether anything shrank since the last round began. */
  readonly shrank: boolean;
}

export interface Candidate {
  readonly schedule: Schedule;
  /** Where to go on from, should it still fail. */
  readonly mark: Mark;
}

export const START: Mark = { pass: 0, at: 0, memo: 0n, shrank: false };

/** One candidate of a pass, and where in the pass to go on if it fails. */
interface Try {
  readonly schedule: Schedule;
  readonly at: number;
  readonly memo: bigint;
}

type Pass = (schedule: Schedule, at: number, memo: bigint) => Iterable<Try>;

/**
 * Smaller schedules to try, best hopes first; each is smaller in commands, machine or numbers, so
 * that shrinking ends. A whole round of passes without a success is the end: then no single command,
 * no pair and no number can be less.
 */
export function* candidates(schedule: Schedule, mark: Mark = START): Generator<Candidate> {
  let { pass, at, memo, shrank } = mark;
  for (;;) {
    for (; pass < PASSES.length; pass++) {
      for (const tried of (PASSES[pass] as Pass)(schedule, at, memo)) {
        // in range
        yield {
          schedule: tried.schedule,
          mark: { pass, at: tried.at, memo: tried.memo, shrank: true },
        };
      }
      at = 0;
      memo = 0n;
    }
    if (!shrank) return;
    shrank = false;
    pass = 1;
  }
}

/** What comes after the first violation did not bring it about: bisects for the shortest prefix. */
function* prefixes(schedule: Schedule, passes: number): Iterable<Try> {
  const { commands } = schedule;
  let low = passes;
  while (commands.length - low > 1) {
    const length = (low + commands.length) >> 1;
    yield { schedule: without(schedule, length, commands.length), at: low, memo: 0n };
    low = length;
  }
}

/** Runs of commands, the longest first, from the end: ddmin. */
function* chunks(schedule: Schedule, from: number, memo: bigint): Iterable<Try> {
  const { length } = schedule.commands;
  let size = memo === 0n ? length >> 1 : Number(memo);
  let end = memo === 0n ? length : Math.min(from, length);
  for (; size >= 1; size >>= 1) {
    for (; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      yield { schedule: without(schedule, start, end), at: start, memo: BigInt(size) };
    }
    end = length;
  }
}

function* machines(schedule: Schedule): Iterable<Try> {
  for (const machine of simplerMachines(schedule)) {
    yield { schedule: { machine, commands: schedule.commands }, at: 0, memo: 0n };
  }
}

function* simplifications(schedule: Schedule, from: number): Iterable<Try> {
  const { machine, commands } = schedule;
  for (let at = from; at < commands.length; at++) {
    const command = commands[at];
    if (command === undefined) continue;
    for (const simpler of simplerCommands(command)) {
      yield { schedule: { machine, commands: commands.with(at, simpler) }, at, memo: 0n };
    }
  }
}

/** Two waits into one, at the place of either. */
function* merges(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  for (let later = commands.length - 1; later > 0; later--) {
    const second = commands[later];
    if (second?.kind !== 'elapse') continue;
    for (let earlier = later - 1; earlier >= 0; earlier--) {
      const first = commands[earlier];
      if (first?.kind !== 'elapse') continue;
      const both: Command = { kind: 'elapse', ns: first.ns + second.ns };
      for (const [kept, dropped] of [
        [earlier, later],
        [later, earlier],
      ] as const) {
        const merged = commands.with(kept, both).filter((_, at) => at !== dropped);
        yield { schedule: { machine, commands: merged }, at: 0, memo: 0n };
      }
    }
  }
}

/** Longer schedules have shrunk before, or are beyond pairs. */
const PAIRS_UP_TO = 24;
const SWAPS_UP_TO = 10;

function* pairs(schedule: Schedule): Iterable<Try> {
  const { length } = schedule.commands;
  if (length > PAIRS_UP_TO) return;
  for (let second = length - 1; second > 0; second--) {
    for (let first = second - 1; first >= 0; first--) {
      const rest = without(without(schedule, second, second + 1), first, first + 1);
      yield { schedule: rest, at: 0, memo: 0n };
    }
  }
}

/** Two neighbours change places and one command goes. */
function* swaps(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  if (commands.length > SWAPS_UP_TO) return;
  for (let at = 0; at + 1 < commands.length; at++) {
    const [first, second] = [commands[at], commands[at + 1]];
    if (first === undefined || second === undefined) continue;
    const swapped = { machine, commands: commands.with(at, second).with(at + 1, first) };
    for (let gone = 0; gone < commands.length; gone++) {
      yield { schedule: without(swapped, gone, gone + 1), at: 0, memo: 0n };
    }
  }
}

const SUBSTITUTES_UP_TO = 6;

/**
 * One command goes and another becomes one of the plainest there are: a suspend and a resume become
 * a save, a wait and a tick become a set of the clock. Deleting alone ends beside such a minimum.
 */
function* substitutions(schedule: Schedule): Iterable<Try> {
  const { length } = schedule.commands;
  if (length > SUBSTITUTES_UP_TO) return;
  for (let gone = 0; gone < length; gone++) {
    const { machine, commands } = without(schedule, gone, gone + 1);
    // The modelled device may do the work of a tick command.
    if (machine.tick === 'command') {
      yield {
        schedule: { machine: { ...machine, tick: 'clockevent' }, commands },
        at: 0,
        memo: 0n,
      };
    }
    const mirrored = renumbered({ machine, commands });
    if (mirrored !== undefined) yield { schedule: mirrored, at: 0, memo: 0n };
    for (let at = 0; at < commands.length; at++) {
      for (const plain of plainCommands(machine)) {
        yield { schedule: { machine, commands: commands.with(at, plain) }, at: 0, memo: 0n };
      }
    }
  }
}

/**
 * Each number to its target, else bisected to the exact least distance from it that still fails;
 * `memo` is the largest distance known to pass, plus one.
 */
function* numbers(schedule: Schedule, from: number, memo: bigint): Iterable<Try> {
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
function* trades(schedule: Schedule): Iterable<Try> {
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

const PASSES: readonly Pass[] = [
  prefixes,
  chunks,
  machines,
  simplifications,
  merges,
  pairs,
  swaps,
  substitutions,
  numbers,
  trades,
];

/** The schedule without its commands in [start, end). */
export function without(schedule: Schedule, start: number, end: number): Schedule {
  const commands = schedule.commands.filter((_, at) => at < start || at >= end);
  return { machine: schedule.machine, commands };
}
