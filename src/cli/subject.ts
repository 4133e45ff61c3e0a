import type { Subject } from '../contract/subject.js';

/** Ends a subject that holds something: a process, a connection. */
export async function close(subject: Subject | undefined): Promise<void> {
  if (subject !== undefined && subject.mode !== 'sync') await subject.close();
}
