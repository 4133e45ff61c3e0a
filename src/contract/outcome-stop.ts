import type { CheckOutcome } from './outcome.js';
import type { Verdict } from './property.js';

/** What became of MONOTONIC without the stop, and REALTIME right at once, under one list of host steps. */
export type EvilVerdict = 'both-kept' | 'monotonic-kept' | 'realtime-kept' | 'neither' | 'vacuous';

/** What a search of lists for one that keeps both showed. */
export interface EvilOutcome {
  readonly seed: number;
  /** How many lists were judged. */
  readonly lists: number;
  readonly verdicts: Readonly<Record<EvilVerdict, number>>;
  /** The lists that keep both, as they are typed: `order --pause '…' --resume '…'`. */
  readonly exceptions: readonly string[];
}

/** What is deployed under a name that people know, and what the first reads after a stop show under it. */
export interface DeployedRow {
  readonly label: string;
  /** Whether something of it runs in the guest as it goes on. */
  readonly hasGuestCode: boolean;
  readonly cells: readonly DeployedCell[];
}

/** One schedule: a stop of a minute, and reads of MONOTONIC and REALTIME around it. */
export interface DeployedCell {
  readonly design: string;
  readonly stop: 'pause' | 'save';
  readonly clocksource: string;
  /** Of `monotonic-skips-stopped-time`, at the first read. */
  readonly monotonic: Verdict['kind'];
  /** Of `realtime-is-right-at-first-read`. */
  readonly realtime: Verdict['kind'];
  /** MONOTONIC does not count the stop, but what passes from the stop until the save. */
  readonly countsTheSave: boolean;
}

/** Another order of steps, one or two changes away, and what became of the broken promise under it. */
export interface Neighbour {
  /** `set-clock before run-vcpus`. */
  readonly change: string;
  readonly steps: OrderSteps;
  /** Whether no run broke the promise. */
  readonly holds: boolean;
  /** Runs until it broke, or all that were played. */
  readonly runs: number;
}

/** The lists of an order, by the names of its flags. */
export interface OrderSteps {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  readonly save?: readonly string[];
  readonly restore?: readonly string[];
  readonly migrate?: readonly string[];
  readonly guest?: readonly string[];
}

/** The answer to "is my order of steps right?". */
export interface OrderOutcome {
  readonly steps: OrderSteps;
  readonly clocksource: string;
  readonly check: CheckOutcome;
  /** Position in the counterexamples of the first promise that broke, in the order of laws; null: none did. */
  readonly shown: number | null;
  /** One change each; where none of them helps, two. */
  readonly neighbours: readonly Neighbour[];
}
