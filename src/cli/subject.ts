import { loadSubject } from '../adapters/subject.js';
import { SubjectError, UsageError } from '../contract/errors.js';
import type { Emit, Event } from '../contract/event.js';
import type { Schedule } from '../contract/schedule.js';
import type { Subject } from '../contract/subject.js';
import { jsonOf } from '../contract/wire-write.js';

/**
 * Loads the subject of a module; what it throws while it plays is then said to be its own fault.
 *
 * @param path null: there is none to load, the reference guest is meant.
 * @throws as {@link loadSubject}
 */
export async function openSubject(path: string | null): Promise<Subject | undefined> {
  return path === null ? undefined : guarded(await loadSubject(path));
}

/** Ends a subject that holds something: a process, a connection. */
export async function close(subject: Subject | undefined): Promise<void> {
  if (subject !== undefined && subject.mode !== 'sync') await subject.close();
}

function guarded(subject: Subject): Subject {
  const { name } = subject;
  if (subject.mode === 'sync') {
    const run = (schedule: Schedule, emit: Emit): void => {
      const witness = new Witness(name, emit);
      try {
        subject.run(schedule, witness.emit);
      } catch (error) {
        throw witness.accuse(error);
      }
    };
    return { mode: 'sync', name, run };
  }
  const run = async (schedule: Schedule, emit: Emit): Promise<void> => {
    const witness = new Witness(name, emit);
    try {
      await subject.run(schedule, witness.emit);
    } catch (error) {
      throw witness.accuse(error);
    }
  };
  const closing = { run, close: () => subject.close() };
  return subject.mode === 'async'
    ? { mode: 'async', name, ...closing }
    : { mode: 'live', name, hostTimePerRunMs: subject.hostTimePerRunMs, ...closing };
}

/** Remembers what a subject said last, in case it breaks: an odd event breaks the law that reads it. */
class Witness {
  private last: Event | undefined;
  readonly emit: Emit;

  constructor(
    private readonly name: string,
    emit: Emit,
  ) {
    this.emit = (event) => {
      this.last = event;
      emit(event);
    };
  }

  accuse(error: unknown): unknown {
    if (error instanceof SubjectError || error instanceof UsageError) return error;
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const last = this.last === undefined ? 'nothing yet' : jsonOf(this.last);
    return new SubjectError(
      `${this.name} failed while it played a schedule:\n  ${what}\n` +
        `  The last event that it emitted: ${last}\n` +
        '  --debug shows the stack; docs/protocol.md says what an event holds.',
      { cause: error },
    );
  }
}
