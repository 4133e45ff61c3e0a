import type { Command, Schedule } from '../contract/schedule.js';
import type { Pass, Try } from './passes.js';

/** A story of so many commands is short enough, and easier to read with its stop told in full. */
const SHORT = 6;
/** Steps after which a stop that is one command may be broken off. */
const WAYS = 8;

/**
 * A VMM goes on by itself once it has waited for as long as the machine lets it (`gapNs`): nobody has to
 * tell it to, if a wait that comes anyway is longer by as much.
 */
export function* gapWaits(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  const { gapNs } = machine.declared;
  if (gapNs === undefined) return;
  for (let at = 0; at < commands.length; at++) {
    const goesOn = commands[at];
    if (goesOn?.kind !== 'continue' || !('task' in goesOn.actor)) continue;
    for (let later = at + 1; later < commands.length; later++) {
      const wait = commands[later];
      if (wait?.kind !== 'elapse') continue;
      const longer: Command = { kind: 'elapse', ns: wait.ns + gapNs };
      const changed = commands.with(later, longer).filter((_, place) => place !== at);
      yield { schedule: { machine, commands: changed }, at: 0, memo: 0n };
    }
  }
}

/**
 * A stop, a wait and the way back for a save of a running VM: it stops it and lets it go on, and is broken
 * off for the wait, until the VMM goes on by itself. What comes between stays where it is.
 */
export function* wholeStops(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  const { gapNs } = machine.declared;
  if (gapNs === undefined || commands.length <= SHORT) return;
  for (let out = 0; out < commands.length; out++) {
    const kind = commands[out]?.kind;
    if (kind !== 'vm-pause') continue;
    const wait = commands.findIndex((command, at) => at > out && command.kind === 'elapse');
    const back = commands.findIndex((command, at) => at > wait && command.kind === 'vm-resume');
    if (wait < 0 || back < 0) continue;
    for (let steps = 1; steps <= WAYS; steps++) {
      const save: Command = {
        ...{ kind: 'vm-save', actor: { vm: 0, task: 'vmm' }, snapshot: 0 },
        stopAfter: steps,
      };
      const changed = commands
        .with(out, save)
        .with(wait, { kind: 'elapse', ns: gapNs })
        .filter((_, at) => at !== back);
      yield { schedule: { machine, commands: changed }, at: 0, memo: 0n };
    }
  }
}

export const GAP_PASSES: readonly Pass[] = [gapWaits, wholeStops];
