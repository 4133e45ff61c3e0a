import type { Emit } from './event.js';
import type { Schedule } from './schedule.js';

/**
 * The thing under test: it plays a whole schedule from boot and says what was observed.
 *
 * A sync or async subject starts every run afresh and, given the same schedule, emits the same events.
 */
export type Subject = SyncSubject | AsyncSubject | LiveSubject;

export interface SyncSubject {
  readonly mode: 'sync';
  readonly name: string;
  run(schedule: Schedule, emit: Emit): void;
}

export interface AsyncSubject {
  readonly mode: 'async';
  readonly name: string;
  /** Resolves once the last event was emitted. */
  run(schedule: Schedule, emit: Emit): Promise<void>;
  close(): Promise<void>;
}

/**
 * A real machine: it answers differently each time, and a stop lasts as long as it lasts.
 *
 * No determinism check, a budget of host time a schedule instead of a time-out, and a violation is
 * reported as reproduced k times of n.
 */
export interface LiveSubject {
  readonly mode: 'live';
  readonly name: string;
  readonly hostTimePerRunMs: number;
  run(schedule: Schedule, emit: Emit): Promise<void>;
  close(): Promise<void>;
}
