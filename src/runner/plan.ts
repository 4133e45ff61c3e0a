import type { Arbitrary } from 'fast-check';
import type { KnownLimit, Property } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { Subject } from '../contract/subject.js';

/** What the runner needs of a generator; it knows no other way to a schedule. */
export interface Drawing {
  /** The schedule of one run. */
  at(run: number): Schedule;
  /** The schedules of runs `first`, `first + step`, …; it shrinks any schedule. */
  runs(first: number, step: number): Arbitrary<Schedule>;
  /** Every schedule that is one command, two commands or one number less. */
  neighbours(schedule: Schedule): Iterable<{
    readonly less: 'single' | 'pair' | 'value';
    readonly schedule: Schedule;
  }>;
  /** How many numbers a schedule has, and each rounded in several ways. */
  roundable(schedule: Schedule): number;
  rounder(schedule: Schedule, at: number): readonly Schedule[];
}

/** A search: what is tested, by which laws, on which schedules, and for how long. */
export interface Plan {
  readonly subject: Subject;
  readonly faults: readonly string[];
  readonly design: string | null;
  readonly properties: readonly Property[];
  readonly strict: ReadonlySet<KnownLimit>;
  readonly drawing: Drawing;
  readonly seed: number;
  readonly runs: number;
  /** Which of the runs: all, or those dealt out to one worker. */
  readonly first: number;
  readonly step: number;
  /** The first violation of this law ends the search; null: it goes on to its last run. */
  readonly until: string | null;
  /** Looked at between blocks of runs; true ends the search. */
  readonly isOver: () => boolean;
  readonly onProgress: (found: Found) => void;
}

/** What one law showed in a search. */
export interface LawFound {
  readonly name: string;
  readonly witnesses: number;
  /** The first run that broke it. */
  readonly firstRun: number | null;
  /** Of all runs that broke it the one of the fewest commands, and of those the first: it shrinks in no time. */
  readonly shortest: { readonly run: number; readonly commands: number } | null;
}

/** What a search, or a part of one, showed: plain data, so that it passes between workers. */
export interface Found {
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly laws: readonly LawFound[];
  readonly cut: boolean;
}

/** Parts of one search as the whole. The parts are in any order. */
export function merge(parts: readonly Found[]): Found {
  const [first] = parts;
  const laws = (first?.laws ?? []).map(({ name }, at) => {
    const each = parts.map((part) => part.laws[at]);
    const firstRuns = each.flatMap((law) => law?.firstRun ?? []);
    const [shortest] = each
      .flatMap((law) => law?.shortest ?? [])
      .sort((a, b) => a.commands - b.commands || a.run - b.run);
    return {
      name,
      witnesses: each.reduce((sum, law) => sum + (law?.witnesses ?? 0), 0),
      firstRun: firstRuns.length === 0 ? null : Math.min(...firstRuns),
      shortest: shortest ?? null,
    };
  });
  return {
    runs: parts.reduce((sum, part) => sum + part.runs, 0),
    commandsExecuted: parts.reduce((sum, part) => sum + part.commandsExecuted, 0),
    laws,
    cut: parts.some((part) => part.cut),
  };
}
