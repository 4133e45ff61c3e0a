import type { Machine } from '../contract/machine.js';
import type { Command, Schedule } from '../contract/schedule.js';
import { elsewhere, plainCommands, renumbered, simplerCommands } from './simpler.js';
import { simplerMachines } from './simpler-machine.js';

/** One candidate of a pass, and where in the pass to go on if it fails. */
export interface Try {
  readonly schedule: Schedule;
  readonly at: number;
  readonly memo: bigint;
}

export type Pass = (schedule: Schedule, at: number, memo: bigint) => Iterable<Try>;

/** What comes after the first violation did not bring it about: bisects for the shortest prefix. */
export function* prefixes(schedule: Schedule, passes: number): Iterable<Try> {
  const { commands } = schedule;
  let low = passes;
  while (commands.length - low > 1) {
    const length = (low + commands.length) >> 1;
    yield { schedule: without(schedule, length, commands.length), at: low, memo: 0n };
    low = length;
  }
}

/** Runs of commands, the longest first, from the end: ddmin. */
export function* chunks(schedule: Schedule, from: number, memo: bigint): Iterable<Try> {
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

export function* machines(schedule: Schedule): Iterable<Try> {
  for (const machine of simplerMachines(schedule)) {
    yield { schedule: { machine, commands: schedule.commands }, at: 0, memo: 0n };
  }
}

export function* simplifications(schedule: Schedule, from: number): Iterable<Try> {
  const { machine, commands } = schedule;
  for (let at = from; at < commands.length; at++) {
    const command = commands[at];
    if (command === undefined) continue;
    for (const simpler of simplerCommands(command)) {
      yield { schedule: { machine, commands: commands.with(at, simpler) }, at, memo: 0n };
    }
  }
}

/** Two waits into one, at the place of either; an operation that is broken off, and what goes on with it at once. */
export function* merges(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  for (let at = 0; at + 1 < commands.length; at++) {
    const whole = joined(commands[at], commands[at + 1]);
    if (whole === undefined) continue;
    const merged = commands.toSpliced(at, 2, whole);
    yield { schedule: { machine, commands: merged }, at: 0, memo: 0n };
  }
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

/** The operation as far as `next` takes it; undefined: `next` goes on with something else. */
function joined(broken: Command | undefined, next: Command | undefined): Command | undefined {
  if (broken === undefined || !('stopAfter' in broken) || next?.kind !== 'continue') {
    return undefined;
  }
  const { stopAfter = 0, ...whole } = broken;
  if ('task' in broken.actor !== 'task' in next.actor) return undefined;
  if (next.steps === undefined) return whole as Command; // an operation to its end
  return { ...whole, stopAfter: stopAfter + next.steps } as Command; // the same operation, further
}

/** Longer schedules have shrunk before, or are beyond pairs. */
const PAIRS_UP_TO = 24;
const SWAPS_UP_TO = 10;

export function* pairs(schedule: Schedule): Iterable<Try> {
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
export function* swaps(schedule: Schedule): Iterable<Try> {
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
 * One command goes and another becomes one of the plainest there are, or is done on another vCPU: a
 * suspend and a resume become a save, a wait and a tick become a set of the clock. Deleting alone ends
 * beside such a minimum.
 */
export function* substitutions(schedule: Schedule): Iterable<Try> {
  const { length } = schedule.commands;
  if (length > SUBSTITUTES_UP_TO) return;
  const unticked = schedule.commands.filter(({ kind }) => kind !== 'tick');
  if (schedule.machine.tick === 'command' && length - unticked.length > 1) {
    const machine: Machine = { ...schedule.machine, tick: 'clockevent' };
    yield { schedule: { machine, commands: unticked }, at: 0, memo: 0n };
  }
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
    if (mirrored !== undefined) {
      yield { schedule: mirrored, at: 0, memo: 0n };
      for (let at = 0; at < commands.length; at++) {
        for (const other of elsewhere(machine, mirrored.commands[at])) {
          const moved = mirrored.commands.with(at, other);
          yield { schedule: { machine: mirrored.machine, commands: moved }, at: 0, memo: 0n };
        }
      }
    }
    for (let at = 0; at < commands.length; at++) {
      for (const other of [...plainCommands(machine), ...elsewhere(machine, commands[at])]) {
        yield { schedule: { machine, commands: commands.with(at, other) }, at: 0, memo: 0n };
      }
    }
  }
}

const REWRITES_UP_TO = 4;

/**
 * One command goes, and two others become plain ones, or two neighbours change places and one of them
 * becomes a plain one: of so few, all that such a story can be.
 */
export function* rewrites(schedule: Schedule): Iterable<Try> {
  const { length } = schedule.commands;
  if (length > REWRITES_UP_TO) return;
  const plains = plainCommands(schedule.machine);
  for (let gone = 0; gone < length; gone++) {
    const { machine, commands } = without(schedule, gone, gone + 1);
    for (let at = 0; at + 1 < commands.length; at++) {
      const [first, second] = [commands[at], commands[at + 1]];
      if (first === undefined || second === undefined) continue;
      for (const plain of plains) {
        for (const [a, b] of [
          [second, plain],
          [plain, first],
        ] as const) {
          const rewritten = commands.with(at, a).with(at + 1, b);
          yield { schedule: { machine, commands: rewritten }, at: 0, memo: 0n };
        }
      }
    }
    for (let second = 1; second < commands.length; second++) {
      for (let first = 0; first < second; first++) {
        for (const a of plains) {
          for (const b of plains) {
            const rewritten = commands.with(first, a).with(second, b);
            yield { schedule: { machine, commands: rewritten }, at: 0, memo: 0n };
          }
        }
      }
    }
  }
}

/** The schedule without its commands in [start, end). */
export function without(schedule: Schedule, start: number, end: number): Schedule {
  const commands = schedule.commands.filter((_, at) => at < start || at >= end);
  return { machine: schedule.machine, commands };
}
