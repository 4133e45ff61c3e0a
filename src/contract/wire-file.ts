import type { Counterexample, Minimal } from './counterexample.js';
import type { Machine } from './machine.js';
import type { Property, Source, Violation } from './property.js';
import { COUNT, MACHINE } from './wire-machine.js';
import { FLAG, integer, list, orNull, record, TEXT, word } from './wire-shape.js';
import { EVENT, SCHEDULE } from './wire-tables.js';

/** The version of both file formats that this tickproof writes and reads. */
export const FORMAT = 1;

/** The first line of a recording: in which world it was made, and what is promised of that world. */
export interface TraceHeader {
  /** Who wrote the file, so that a wrong one can be traced to its converter. */
  readonly recorder: string;
  /** Hypervisor and accelerator, as its user would name them. */
  readonly host: string;
  /** The kernel that ran; `machine.kernel` names the modelled one that stands in for it. */
  readonly guestKernel: string;
  /** Why `machine.declared` says what it says, and what the recording does not hold. */
  readonly notes: readonly string[];
  readonly machine: Machine;
}

/** A header as its file holds it. */
export type HeaderFile = TraceHeader & { readonly format: number; readonly kind: 'trace' };

export const TRACE_HEADER = record<HeaderFile>({
  format: integer(FORMAT, FORMAT),
  kind: word('trace'),
  recorder: TEXT,
  host: TEXT,
  guestKernel: TEXT,
  notes: list(TEXT),
  machine: MACHINE,
});

const SOURCE = record<Source>({ title: TEXT, url: TEXT });

const VIOLATION = record<Violation>({ expected: TEXT, observed: TEXT, evidence: list(EVENT) });

/** A counterexample as its file holds it. */
export type CounterexampleFile = Omit<Counterexample, 'evidenceClass'> & {
  readonly format: number;
  readonly kind: 'counterexample';
  readonly evidenceClass: number;
};

export const COUNTEREXAMPLE = record<CounterexampleFile>({
  format: integer(FORMAT, FORMAT),
  kind: word('counterexample'),
  subject: TEXT,
  faults: list(TEXT),
  property: record<Pick<Property, 'name' | 'statement' | 'source'>>({
    name: TEXT,
    statement: TEXT,
    source: SOURCE,
  }),
  violation: VIOLATION,
  schedule: SCHEDULE,
  twin: orNull(SCHEDULE),
  minimal: record<Minimal>({ single: FLAG, pair: FLAG, value: FLAG }),
  evaluations: record<Counterexample['evaluations']>({ shrink: COUNT, certify: COUNT }),
  search: record<Counterexample['search']>({ seed: COUNT, run: COUNT, commands: COUNT }),
  evidenceClass: integer(0, 2),
  events: list(EVENT),
});
