import type { Event } from '../contract/event.js';
import type { Premises, Property, Verdict } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { AsyncSubject, LiveSubject, SyncSubject } from '../contract/subject.js';
import { Judge } from './judge.js';

/** Plays a schedule on a subject and judges what it emits; verdicts in the order of the properties. */
export function play(
  subject: SyncSubject,
  schedule: Schedule,
  properties: readonly Property[],
  premises: Premises,
): readonly Verdict[] {
  const judge = new Judge(properties, premises);
  subject.run(schedule, judge.observe);
  return judge.verdicts();
}

/** The twin of {@link play} for subjects that answer later. */
export async function playAsync(
  subject: AsyncSubject | LiveSubject,
  schedule: Schedule,
  properties: readonly Property[],
  premises: Premises,
): Promise<readonly Verdict[]> {
  const judge = new Judge(properties, premises);
  await subject.run(schedule, judge.observe);
  return judge.verdicts();
}

/** Judges events that are already there: a recording. */
export function judgeEvents(
  events: Iterable<Event>,
  properties: readonly Property[],
  premises: Premises,
): readonly Verdict[] {
  const judge = new Judge(properties, premises);
  for (const event of events) judge.observe(event);
  return judge.verdicts();
}
