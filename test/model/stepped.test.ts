import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command, Schedule } from '../../src/contract/schedule.js';
import { schedules } from '../../src/generators/schedules.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { referenceGuest } from '../../src/model/reference.js';
import { eventsOf } from '../schedules.js';

const guest = referenceGuest();

/** Every read and tick in steps: stopped after some of them, and taken on at the same instant. */
function stepped(schedule: Schedule, stopAfter: number): Schedule {
  const commands = schedule.commands.flatMap((command): Command[] =>
    command.kind === 'read' || command.kind === 'tick'
      ? [
          { ...command, stopAfter },
          { kind: 'continue', actor: command.actor },
        ]
      : [command],
  );
  return { machine: schedule.machine, commands };
}

/** No operation is stopped in its middle. */
function whole(schedule: Schedule): Schedule {
  const commands = schedule.commands.map((command): Command => {
    if (command.kind !== 'read' && command.kind !== 'tick') return command;
    const { stopAfter: _, ...rest } = command;
    return rest;
  });
  return { machine: schedule.machine, commands };
}

/** What the two ways must agree on: all but what tells that steps were taken. */
function observed(schedule: Schedule): unknown[] {
  return eventsOf(guest, schedule)
    .filter((event) => event.kind !== 'reader-accepted' && event.kind !== 'skipped')
    .filter((event) => !('cause' in event) || event.cause !== 'preempted')
    .map((event) => ({ ...event, counter: 'counter' in event ? event.counter : null }));
}

/** Others are made for the machine of their scene. */
const OF_ANY_MACHINE = DESIGNS.filter(({ isOfAnyMachine }) => isOfAnyMachine === true);

describe('an operation in steps', () => {
  test('shows what the direct path shows, wherever it is stopped', () => {
    fc.assert(
      fc.property(
        schedules({ designs: OF_ANY_MACHINE, maxCommands: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (drawn, stopAfter) => {
          const direct = whole(drawn);
          expect(observed(stepped(direct, stopAfter))).toEqual(observed(direct));
        },
      ),
      { numRuns: 400 },
    );
  });
});
