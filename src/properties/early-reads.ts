import type { Finding } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { nameOf, type Witness } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Integral } from './window.js';

/** What one clock showed before the stop had settled: the extremes are all that a later read is held against. */
interface Early {
  /** The highest value − ∫ lo over full, ns * RATE_ONE, and its read. */
  high: bigint;
  highest: Witness;
  /** The lowest value − ∫ hi over awake. */
  low: bigint;
  lowest: Witness;
}

/** A value of a clock, by the name that reports give it. */
export interface Shown {
  readonly key: string;
  readonly ns: Ns;
  readonly witness: Witness;
}

/** ns * RATE_ONE. */
export interface Slack {
  readonly behind: bigint;
  readonly ahead: bigint;
}

const NO_SLACK: Slack = { behind: 0n, ahead: 0n };

/** The reads of each clock since a stop that has not settled, and what the first one after has to be by them. */
export class EarlyReads {
  /** ∫ lo over the full time up to s, and ∫ hi over awake. */
  readonly least: Integral;
  readonly most: Integral;
  private readonly early = new Map<string, Early>();

  constructor(lo: bigint, hi: bigint) {
    this.least = new Integral(lo);
    this.most = new Integral(hi);
  }

  get isEmpty(): boolean {
    return this.early.size === 0;
  }

  clear(): void {
    this.early.clear();
  }

  drop(keys: readonly string[]): void {
    for (const key of keys) this.early.delete(key);
  }

  /** @param amount what the clocks may gain or lose here beside their rates, ns * RATE_ONE */
  allow(amount: bigint): void {
    if (amount === 0n) return;
    this.least.add(-amount);
    this.most.add(amount);
  }

  /** @param offNs what each read may be off the line that readers follow from now on */
  loosen(offNs: (witness: Witness) => Ns): void {
    for (const each of this.early.values()) {
      each.high -= offNs(each.highest) * RATE_ONE;
      each.low += offNs(each.lowest) * RATE_ONE;
    }
  }

  /** @param slack what a later read may be behind and ahead of it for another reason, ns * RATE_ONE */
  keep({ key, ns, witness }: Shown, slack: Slack = NO_SLACK): void {
    const high = ns * RATE_ONE - this.least.at(witness.latestNs) - slack.behind;
    const low = ns * RATE_ONE - this.most.at(witness.earliestNs) + slack.ahead;
    const early = this.early.get(key);
    if (early === undefined) {
      this.early.set(key, { high, highest: witness, low, lowest: witness });
      return;
    }
    if (high > early.high) {
      early.high = high;
      early.highest = witness;
    }
    if (low < early.low) {
      early.low = low;
      early.lowest = witness;
    }
  }

  /** Holds the first read of a clock after s against those before, which are done with. */
  judge(shown: Shown, eps: bigint): Finding {
    const { key, ns, witness } = shown;
    const early = this.early.get(key);
    if (early === undefined) return undefined;
    this.early.delete(key);
    const scaled = ns * RATE_ONE;
    const least = early.high + this.least.at(witness.earliestNs) - eps;
    if (scaled < least) return violation(shown, early.highest, least - scaled, 'behind');
    const most = early.low + this.most.at(witness.latestNs) + eps;
    if (scaled > most) return violation(shown, early.lowest, scaled - most, 'ahead of');
    return 'held';
  }
}

function violation({ key, ns, witness }: Shown, early: Witness, by: bigint, how: string): Finding {
  return {
    expected: `${key} read on ${nameOf(early)} after the stop to be what it turns out to be once the stop has settled`,
    observed: `the first read after that, ${ns} ns on ${nameOf(witness)}, is ${(by + RATE_ONE - 1n) / RATE_ONE} ns ${how} what follows from it`,
    evidence: [early, witness],
  };
}
