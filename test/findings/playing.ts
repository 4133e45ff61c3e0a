import { readSchedule } from '../../src/adapters/files.js';
import type { Event } from '../../src/contract/event.js';
import type { Command, Schedule } from '../../src/contract/schedule.js';
import { referenceGuest } from '../../src/model/reference.js';
import { eventsOf, ofKind } from '../schedules.js';

const guest = referenceGuest();

/** A schedule of corpus/findings by its name. */
export function finding(name: string): Promise<Schedule> {
  return readSchedule(`corpus/findings/${name}.json`);
}

/** What the reference guest says of it. */
export function playing(schedule: Schedule): readonly Event[] {
  return eventsOf(guest, schedule);
}

/** What the clocks showed, in the order they were read. */
export function readings(schedule: Schedule): readonly bigint[] {
  return ofKind(playing(schedule), 'clock-read').map((event) => event.ns);
}

/** The schedule with some of its commands changed for others. */
export function changed(
  schedule: Schedule,
  change: (command: Command) => readonly Command[],
): Schedule {
  return { ...schedule, commands: schedule.commands.flatMap(change) };
}

/** The only element, or the one at `at`; the test fails where there is none. */
export function one<T>(list: readonly T[], at = 0): T {
  const found = list.at(at);
  if (found === undefined) throw new Error(`there is no element ${at} of ${list.length}`);
  return found;
}
