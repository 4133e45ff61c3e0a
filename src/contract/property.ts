import type { Event, EventKind, EventOf } from './event.js';
import type { Declared, Machine } from './machine.js';
import type { Schedule } from './schedule.js';

/** Where a promise is written down. */
export interface Source {
  readonly title: string;
  readonly url: string;
}

/** Documented misbehaviour of the sound kernel that a law allows for; `--strict` switches it off. */
export const KNOWN_LIMITS = [
  'publication',
  'narrow-counter',
  'negative-motion',
  'over-adjust',
  'coarse-step',
  'fast-reader',
  'reads-while-suspended',
  'generic-vdso-behind',
  'young-history',
  'called-off-leap',
  'raw-timer-in-idle',
] as const;
export type KnownLimit = (typeof KNOWN_LIMITS)[number];

/** How near what a law saw came to its bound, in one unit; beyond it the law is broken. */
export interface Distance {
  readonly value: bigint;
  readonly bound: bigint;
}

/** What a law measures against its bound. */
export interface Measure {
  /** As the end of "the largest …": `error of a converted RAW instant`. */
  readonly what: string;
  /** How many units of its distances are one ns. */
  readonly perNs: bigint;
}

/** All that a monitor may lean on beside the events. */
export interface Premises {
  readonly machine: Machine;
  readonly declared: Declared;
  /** The known limits that are not allowed for. */
  readonly strict: ReadonlySet<KnownLimit>;
  /** What was played, where it was: for the runner of a law about two runs, which plays it again. */
  readonly schedule?: Schedule;
  /** Told each distance by laws that have a {@link Property.measure}; left out where nobody wants to know. */
  readonly onDistance?: (distance: Distance) => void;
}

/** A promise of Linux timekeeping, and how to watch over it. */
export interface Property {
  /** The law in kebab-case: `monotonic-never-decreases`. */
  readonly name: string;
  /** The law in one sentence, as the report prints it. */
  readonly statement: string;
  readonly source: Source;
  /** Where the promise is a bound: what comes near it. Its monitor tells `onDistance`, and `worst` takes it. */
  readonly measure?: Measure;
  /** A fresh monitor for one run. */
  monitor(premises: Premises): Monitor;
}

/** A promise about two runs: pause against migration, subject against reference. The runner plays both. */
export interface PairProperty {
  readonly name: string;
  readonly statement: string;
  readonly source: Source;
  runs(schedule: Schedule): readonly [Schedule, Schedule];
  /** `schedule` is the first of the two, with its machine; left out where nothing was declared. */
  compare(first: readonly Event[], second: readonly Event[], schedule?: Schedule): Finding;
}

/** One method per kind of event the property cares about; it is shown no other. */
export type Monitor = {
  readonly [K in EventKind]?: (event: EventOf<K>) => Finding;
} & {
  /** Shared by laws of one run: shown each event once and before them, to the end of the run; what it finds counts for none. */
  readonly leansOn?: Monitor;
  /** Kinds for which the method it has would do nothing in this run. */
  readonly deafTo?: ReadonlySet<EventKind>;
  /** The run is over: whatever was still owed is now overdue. */
  readonly end?: () => Finding;
};

/**
 * What one event showed: nothing, that the promise was put to the test and held, or that it broke.
 * A run in which nothing was put to the test is vacuous, not a pass.
 */
export type Finding = undefined | 'held' | Violation;

export interface Violation {
  readonly expected: string;
  readonly observed: string;
  /** The events that prove it, oldest first; the timeline marks them. */
  readonly evidence: readonly Event[];
}

export type Verdict =
  | { readonly kind: 'holds'; readonly witnesses: number }
  | { readonly kind: 'vacuous' }
  | { readonly kind: 'violated'; readonly witnesses: number; readonly violation: Violation };
