import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { type Cycles, NSEC_PER_SEC } from '../contract/units.js';
import { abs, max } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { Life } from './life.js';
import type { Nominal } from './nominal.js';
import { Watch } from './watch.js';

type Sampled = EventOf<'tick-sampled'>;
type Published = EventOf<'timekeeper-published'>;

/**
 * From the inside, at the end of each tick, in ns << 32:
 *
 * - `ntp_error` is what it was, plus for each tick accounted for NTP's length of it less what MONOTONIC
 *   advanced and what the whole cycles of a tick miss of its nominal length;
 * - where mult changed, plus the time by which the new one is back-dated: kernels from 6.12.110 take it
 *   into account and others do not (linux-timekeeping §14). A kernel never changes its mind;
 * - |ntp_error| <= one steady step, ci / 2^s and the floor of mult, plus one unit of mult over each
 *   gap longer than a tick, plus what each change back-dated (bound B4: per event, not in total).
 *
 * Whoever else moves the clock to now (a set, a sleep) begins a new account.
 */
export const monotonicTracksNtp: Property = {
  name: 'monotonic-tracks-ntp',
  statement:
    'ntp_error is NTP’s time less MONOTONIC’s, and no more than ticks and changes explain.',
  source: {
    title: 'timekeeping: Rework frequency adjustments to work better w/ nohz (dc491596f639)',
    url: 'https://git.kernel.org/linus/dc491596f639',
  },
  measure: { what: 'ntp_error', perNs: 2n ** 32n },
  monitor: (premises) => new Accounts(premises, AccountOfLife),
};

class Accounts extends Watch<AccountOfLife> {
  'tick-sampled'(sampled: Sampled): undefined {
    this.follower.of(sampled).sampled(sampled);
  }

  'timekeeper-published'(published: Published): Finding {
    return this.follower.of(published).judge(published);
  }
}

class AccountOfLife extends Life<AccountOfLife> {
  private last: Published | undefined;
  private sample: Sampled | undefined;
  /** Whether a change of mult enters the account; undefined: not seen yet. */
  private entersBackdating: boolean | undefined;
  /** Bound on |ntp_error| at the last publication. */
  private bound = 0n;
  private readonly facts: Facts;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.facts = factsOf(this.nominal);
  }

  override copy(circumstances: Circumstances): AccountOfLife {
    const copy = new AccountOfLife(circumstances);
    copy.entersBackdating = this.entersBackdating;
    return copy;
  }

  override forget(): void {
    this.last = undefined;
  }

  override wrote(): void {
    this.last = undefined;
  }

  sampled(sampled: Sampled): void {
    this.sample = sampled;
  }

  judge(now: Published): Finding {
    const { last, sample, facts } = this;
    this.last = now;
    this.sample = undefined;
    if (last === undefined) {
      // Whether mult works it off already depends on what came before: one more step.
      this.bound = abs(now.ntpError) + facts.steady;
      return undefined;
    }
    const cycles = (now.cycleLast - last.cycleLast) & U64;
    const ticks = cycles / facts.tickCycles;
    const adj = now.mult - last.mult;
    if (cycles % facts.tickCycles !== 0n) return fractional(last, now, facts, cycles);
    // Without its sample nobody knows by how much a change was back-dated.
    if (adj !== 0n && sample === undefined) return undefined;
    const off = sample === undefined ? 0n : this.pastLast(sample, now);
    const perTick =
      last.ntpTick - ((facts.tickCycles * last.mult + facts.remainder) << facts.errorShift);
    const backdated = (off * adj) << facts.errorShift;
    const accounted = last.ntpError + ticks * perTick;
    if (ticks > 1n) this.bound += ticks * facts.steady;
    this.bound = max(this.bound, facts.steady) + abs(backdated);
    return this.equal(last, now, accounted, backdated) ?? this.bounded(last, now);
  }

  /** What the tick left over; a counter that is behind, by more than an update takes, counts as at it. */
  private pastLast({ counter }: Sampled, { cycleLast }: Published): Cycles {
    const { mask } = this.nominal;
    const off = (counter - cycleLast) & mask;
    return off > mask - (mask >> 3n) ? 0n : off;
  }

  /** A violation, or nothing. */
  private equal(last: Published, now: Published, accounted: bigint, backdated: bigint): Finding {
    const without = BigInt.asIntN(64, accounted);
    const withIt = BigInt.asIntN(64, accounted + backdated);
    if (without === withIt)
      return now.ntpError === without ? undefined : differs(last, now, without);
    this.entersBackdating ??= now.ntpError === withIt;
    const expected = this.entersBackdating ? withIt : without;
    return now.ntpError === expected ? undefined : differs(last, now, expected);
  }

  private bounded(last: Published, now: Published): Finding {
    this.premises.onDistance?.({ value: abs(now.ntpError), bound: this.bound });
    if (abs(now.ntpError) <= this.bound) return 'held';
    return {
      expected: `|ntp_error| at most ${inNs(this.bound)}, one step and what gaps and changes of rate explain`,
      observed: `${inNs(now.ntpError)} at cycle_last ${now.cycleLast}`,
      evidence: [last, now],
    };
  }
}

const U64 = (1n << 64n) - 1n;

/** What a tick is to this guest, in ns << 32 where not in cycles. */
interface Facts {
  readonly tickCycles: Cycles;
  /** What the whole cycles of a tick miss of its nominal length, shifted ns. */
  readonly remainder: bigint;
  /** From shifted ns to ns << 32. */
  readonly errorShift: bigint;
  /** One unit of mult over a tick, and the fraction that mult leaves out. */
  readonly steady: bigint;
}

function factsOf({ tickCycles, mult, shift, hz }: Nominal): Facts {
  const errorShift = 32n - shift;
  return {
    tickCycles,
    errorShift,
    remainder: ((NSEC_PER_SEC / hz) << shift) - tickCycles * mult,
    steady: (tickCycles + 1n) << errorShift,
  };
}

/** ns << 32 as ns with three digits after the point. */
function inNs(scaled: bigint): string {
  const thousandths = (abs(scaled) * 1_000n) >> 32n;
  const sign = scaled < 0n ? '-' : '';
  return `${sign}${thousandths / 1_000n}.${`${thousandths % 1_000n}`.padStart(3, '0')} ns`;
}

function differs(last: Published, now: Published, expected: bigint): Violation {
  return {
    expected: `ntp_error ${inNs(expected)}: NTP’s ticks less what MONOTONIC advanced since`,
    observed: `${inNs(now.ntpError)}, ${inNs(now.ntpError - expected)} off`,
    evidence: [last, now],
  };
}

function fractional(last: Published, now: Published, facts: Facts, cycles: Cycles): Violation {
  return {
    expected: `cycle_last moved by whole ticks of ${facts.tickCycles} cycles`,
    observed: `by ${cycles}`,
    evidence: [last, now],
  };
}
