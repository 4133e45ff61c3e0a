import type {
  CounterDomain,
  CounterLine,
  DataPublished,
  ReaderAccepted,
  ReaderWaited,
} from './event-reader.js';
import type { VcpuActor } from './schedule.js';
import type { Stamp } from './stamp.js';
import { COUNT } from './wire-machine.js';
import {
  ANY_NUMBER,
  type Fields,
  FLAG,
  list,
  orNull,
  type RecordShape,
  record,
  TEXT,
  U64,
} from './wire-shape.js';

const DOMAIN = record<CounterDomain>({ host: COUNT, vcpu: orNull(COUNT), adjusted: COUNT });
const LINE = record<CounterLine>({ cycleLast: U64, mult: ANY_NUMBER, base: ANY_NUMBER });

type Own<Event> = Fields<Omit<Event, keyof Stamp<string, unknown>> & { actor: VcpuActor }>;

/** The fields of the events of lockless readers and their writers. */
export function readerEventFields(actor: RecordShape<VcpuActor>): {
  readonly 'data-published': Own<DataPublished>;
  readonly 'reader-accepted': Own<ReaderAccepted>;
  readonly 'reader-waited': Own<ReaderWaited>;
} {
  return {
    'data-published': {
      actor,
      program: TEXT,
      version: COUNT,
      domain: DOMAIN,
      releasedAt: U64,
      replaces: orNull(COUNT),
      replacedAt: orNull(U64),
      line: orNull(LINE),
      maxDelta: orNull(U64),
      changeAt: orNull(U64),
      next: orNull(LINE),
      monotone: FLAG,
    },
    'reader-accepted': {
      actor,
      program: TEXT,
      words: list(TEXT),
      versions: list(COUNT),
      counter: U64,
      domain: DOMAIN,
      sampledAt: U64,
      ns: ANY_NUMBER,
    },
    'reader-waited': { actor, program: TEXT, because: TEXT },
  };
}

/** What a `reader-accepted` may leave out: a reader without a counter, a subject that does not say. */
export const LEFT_OUT_OF_ACCEPTED: readonly string[] = ['counter', 'domain', 'sampledAt', 'ns'];
