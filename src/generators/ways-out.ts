import type { Command, CommandOf, Schedule } from '../contract/schedule.js';
import type { Try } from './passes.js';

/** Steps on the way out after which a stop may be broken off. */
const WAYS_OUT = 4;

/**
 * A stop that is broken off on its way back, and goes on later, for one that is broken off on its way out:
 * coming back takes the rest of that way, so no command need go on with it.
 */
export function* waysOut(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  for (let back = 1; back < commands.length; back++) {
    const [out, returning] = [lastStop(commands, back), commands[back]];
    if (out === undefined || returning === undefined || !isWayBack(returning)) continue;
    const { stopAfter, ...whole } = returning;
    if (stopAfter === undefined) continue;
    for (let end = back + 1; end < commands.length; end++) {
      // Whatever the VMM is told next, it goes on first.
      const next = commands[end];
      if (next === undefined || !(next.kind === 'continue' || isWayBack(next))) continue;
      for (let steps = 1; steps <= WAYS_OUT; steps++) {
        const brokenOff = { ...out.command, stopAfter: steps };
        const changed = commands
          .with(out.at, brokenOff)
          .with(end, whole)
          .filter(({ kind }, at) => at < back || at > end || (at > back && kind !== 'continue'));
        yield { schedule: { machine, commands: changed }, at: 0, memo: 0n };
      }
    }
  }
}

type WayOut = CommandOf<'vm-pause' | 'vm-save'>;

function lastStop(
  commands: readonly Command[],
  before: number,
): { readonly at: number; readonly command: WayOut } | undefined {
  for (let at = before - 1; at >= 0; at--) {
    const command = commands[at];
    if (command?.kind === 'vm-pause' || command?.kind === 'vm-save') return { at, command };
  }
  return undefined;
}

function isWayBack(
  command: Command,
): command is CommandOf<'vm-resume' | 'vm-restore' | 'vm-migrate'> {
  return ['vm-resume', 'vm-restore', 'vm-migrate'].includes(command.kind);
}
