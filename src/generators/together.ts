import type { ClockId } from '../contract/clock.js';
import type { Command, Schedule } from '../contract/schedule.js';
import type { Try } from './passes.js';
import { PLAINER } from './simpler.js';

/**
 * All reads of one clock become reads of a plainer one, and all that one vCPU does is done on another: two
 * reads that only compare with each other cannot change one by one.
 */
export function* together({ machine, commands }: Schedule): Iterable<Try> {
  const tried = (change: (command: Command) => Command): Try => ({
    schedule: { machine, commands: commands.map(change) },
    at: 0,
    memo: 0n,
  });
  for (const clock of clocksOf(commands)) {
    for (const plainer of PLAINER) {
      if (plainer === clock) break;
      yield tried((command) =>
        command.kind === 'read' && command.clock === clock
          ? { ...command, clock: plainer }
          : command,
      );
    }
  }
  for (const from of vcpusOf(commands)) {
    for (let to = 0; to < from; to++) yield tried((command) => moved(command, from, to));
  }
}

function clocksOf(commands: readonly Command[]): ReadonlySet<ClockId> {
  return new Set(commands.flatMap((each) => (each.kind === 'read' ? [each.clock] : [])));
}

function vcpusOf(commands: readonly Command[]): ReadonlySet<number> {
  return new Set(
    commands.flatMap((each) => {
      if ('on' in each) return [each.on];
      return 'actor' in each && 'vcpu' in each.actor ? [each.actor.vcpu] : [];
    }),
  );
}

function moved(command: Command, from: number, to: number): Command {
  if ('on' in command) return command.on === from ? { ...command, on: to } : command;
  if (!('actor' in command) || !('vcpu' in command.actor)) return command;
  if (command.actor.vcpu !== from) return command;
  return { ...command, actor: { vm: command.actor.vm, vcpu: to } } as Command; // the same kind
}
