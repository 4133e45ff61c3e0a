import type { Premises } from '../contract/property.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide, max } from '../math/u64.js';
import { utcNs } from '../math/utc.js';
import { RATE_ONE, type RateRange } from './nominal.js';
import type { StoppedTime } from './stopped-time.js';
import { Integral } from './window.js';

interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

/** REALTIME − UTC lies in this closed interval, ns. */
export interface RealtimeErrorNs {
  readonly least: Ns;
  readonly most: Ns;
}

/** A point from which on the error is bounded. */
export interface Mark {
  /** The largest error of the guest there, to either side, ns. */
  readonly errorNs: Ns;
  /** Of all since the life began: what the rates allowed, and how much it was stopped. */
  readonly allowed: bigint;
  readonly stopCount: number;
  readonly awayLeastNs: Ns;
}

/**
 * eps_real of laws.md, as a sum that runs: from a mark to a later read it is
 *
 * - the guest's error at the mark;
 * - for each stop E_source + E_destination, what the machine declares of its hosts, and BOOTTIME's
 *   stopError;
 * - (c + |frequency not corrected|) times what passed, by the rate in force;
 * - what else the guest's own acts may add: its measure of its sleep, writers on a vCPU whose counter
 *   is behind;
 * - q of a pair of reads.
 *
 * A leap second adds nothing.
 */
export class RealtimeBound {
  private readonly allowed: Integral;

  constructor(
    private readonly premises: Premises,
    rate: RateRange,
  ) {
    this.allowed = new Integral(errorRate(rate));
    this.allowed.begin(0n);
  }

  copy(rate: RateRange): RealtimeBound {
    const copy = new RealtimeBound(this.premises, rate);
    Object.assign(copy, { allowed: this.allowed.copy() });
    return copy;
  }

  rateChanged(at: Span, rate: RateRange): void {
    const next = errorRate(rate);
    this.allowed.changeRate(next > this.allowed.rate ? at.earliestNs : at.latestNs, next);
  }

  add(ns: Ns): void {
    if (ns !== 0n) this.allowed.add(ns * RATE_ONE);
  }

  /** What a clock may have gained or lost against true time by then, ns * RATE_ONE since the life began. */
  at(ns: Ns): bigint {
    return this.allowed.at(ns);
  }

  mark(at: Span, errorNs: Ns, stopped: StoppedTime): Mark {
    return {
      errorNs,
      allowed: this.allowed.at(at.earliestNs),
      stopCount: stopped.count,
      awayLeastNs: stopped.leastNs,
    };
  }

  /** @param slack q, ns * RATE_ONE */
  epsNs(mark: Mark, at: Span, stopped: StoppedTime, slack: bigint): Ns {
    const { realtimeNs = 0n, stopErrorNs } = this.premises.declared;
    const perStopNs = 2n * realtimeNs + stopErrorNs.boottime;
    const stopsNs = perStopNs * BigInt(stopped.count - mark.stopCount);
    const grown = this.allowed.at(at.latestNs) - mark.allowed + slack;
    return mark.errorNs + stopsNs + ceilDivide(grown, RATE_ONE);
  }

  /** Undefined: UTC may have stepped meanwhile. */
  errorOf(realtimeNs: Ns, { earliestNs, latestNs }: Span): RealtimeErrorNs | undefined {
    const { machine } = this.premises;
    const fromNs = utcNs(machine, earliestNs);
    const toNs = utcNs(machine, latestNs);
    if (toNs - fromNs !== latestNs - earliestNs) return undefined;
    return { least: realtimeNs - toNs, most: realtimeNs - fromNs };
  }
}

function errorRate({ lo, hi }: RateRange): bigint {
  return max(hi - RATE_ONE, RATE_ONE - lo);
}

/** By how much the error surely is beyond the bound: above 0, ahead; below 0, behind. */
export function beyondNs({ least, most }: RealtimeErrorNs, epsNs: Ns): Ns {
  if (least > epsNs) return least - epsNs;
  return most < -epsNs ? most + epsNs : 0n;
}

/** The same error for who counts `seconds` more. */
export function shifted({ least, most }: RealtimeErrorNs, seconds: bigint): RealtimeErrorNs {
  const byNs = seconds * NSEC_PER_SEC;
  return { least: least + byNs, most: most + byNs };
}
