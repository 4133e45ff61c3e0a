import type { Command, Schedule } from '../contract/schedule.js';
import type { Prng } from '../math/prng.js';
import { type DrawOptions, draw } from './draw.js';
import { pick } from './magnitude.js';
import { type Numeral, numeralsOf } from './numbers.js';

/** No number goes further from its plainest value than this, and no count of steps beyond {@link MOST_STEPS}. */
const FURTHEST = 2n ** 42n;
const MOST_STEPS = 8n;

/**
 * A schedule near another one, on the same machine: some of its commands left out, doubled, moved or
 * drawn anew, or some of its numbers moved. A function of its arguments and nothing else.
 */
export function mutate(schedule: Schedule, prng: Prng, options: DrawOptions): Schedule {
  let mutant = schedule;
  for (let left = 1 + prng.below(3); left > 0; left--) {
    mutant = prng.oneIn(2) ? turned(mutant, prng) : edited(mutant, prng, options);
  }
  return { machine: mutant.machine, commands: mutant.commands.slice(0, options.maxCommands) };
}

function edited({ machine, commands }: Schedule, prng: Prng, options: DrawOptions): Schedule {
  const at = prng.below(commands.length + 1);
  const chosen = commands.slice(at, at + 1 + prng.below(2));
  const fresh = (): readonly Command[] => drawn(prng, { ...options, machine });
  switch (prng.below(5)) {
    case 0:
      return { machine, commands: commands.toSpliced(at, 1 + prng.below(3)) };
    case 1:
      return { machine, commands: commands.toSpliced(at, 1, ...fresh()) };
    case 2:
      return { machine, commands: commands.toSpliced(at, 0, ...chosen) };
    case 3: {
      const rest = commands.toSpliced(at, chosen.length);
      return { machine, commands: rest.toSpliced(prng.below(rest.length + 1), 0, ...chosen) };
    }
    default:
      return { machine, commands: commands.toSpliced(at, 0, ...fresh()) };
  }
}

/** A few commands in a row, as some run has them. */
function drawn(prng: Prng, options: DrawOptions): readonly Command[] {
  const { commands } = draw(prng.next(), 0, { ...options, maxCommands: 12 });
  const from = prng.below(commands.length);
  return commands.slice(from, from + 1 + prng.below(3));
}

/** One number of a command moved: the machine stays, as what it declares is what bounds are made of. */
function turned(schedule: Schedule, prng: Prng): Schedule {
  const { commands } = schedule;
  // Those of the commands come first, and their `with` does not touch the machine.
  const numerals = numeralsOf(schedule).filter(
    (numeral) => numeral.with(numeral.value).machine === schedule.machine,
  );
  if (commands.length === 0 || numerals.length === 0) return schedule;
  const numeral = pick(prng, numerals);
  return numeral.with(moved(numeral, prng));
}

/** Further from its plainest value or nearer to it, by a little or by much, on the same side. */
function moved({ value, target, unit }: Numeral, prng: Prng): bigint {
  const sign = value < target ? -1n : 1n;
  const distance = (value - target) * sign;
  const next = [
    distance + 1n,
    distance - 1n,
    distance * 2n,
    distance / 2n,
    distance + distance / 8n,
    distance - distance / 8n,
  ][prng.below(6)];
  const most = unit === 'steps' ? MOST_STEPS : FURTHEST;
  const kept = next === undefined || next < 0n ? 0n : next > most ? most : next;
  return target + kept * (prng.oneIn(8) && unit === 'other' ? -sign : sign);
}
