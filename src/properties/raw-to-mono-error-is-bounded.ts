import type { EventOf } from '../contract/event.js';
import type { Finding, Premises, Property, Violation } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import { abs, ceilDivide } from '../math/u64.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { gainPerWriterNs } from './known-limits.js';
import { Life, nameOf, type Write } from './life.js';
import { type Nominal, RATE_ONE, shortestNs } from './nominal.js';
import { Watch } from './watch.js';

type Snapshot = EventOf<'snapshot-taken'>;
type Published = EventOf<'tick-published'>;

/** Distances are in ps: whole ns would hide how near the roundings are. */
const PER_NS = 1_000n;

/**
 * Conversion at snapshot q of the RAW instant x of a later snapshot a: p = M_q + (x − RAW_q) * m_q
 * / m_r, with m_r the nominal multiplier. Then |M_a − p| <= Σ over the multipliers i in force
 * since of (raw length_i * |m_i − m_q|) / m_r + (their number + 1) ns (bound B3).
 *
 * A length starts at the counter that the tick sampled, where the new slope does, even before q;
 * in cycles it is raw length * 2^shift / m_r. Rounding alone is below 1 + m_q / m_r: both clocks
 * are floors and lines continuous to the last bit. So whole ns above the bound count, and p is not
 * rounded. Each clock_settime(2) drops MONOTONIC's fraction of a ns, and RAW's not
 * (linux-timekeeping §7).
 *
 * Compared with the snapshot before and with the first one; both are dropped at a stop or suspend,
 * over which a counter's cycles tell no length.
 */
export const rawToMonoErrorIsBounded: Property = {
  name: 'raw-to-mono-error-is-bounded',
  statement:
    'A RAW instant converted to MONOTONIC is off by what NTP changed the rate by, over the time since.',
  source: {
    title: 'T. Gleixner, 22 May 2024, in "NTP adjustments interfere with KVM emulation of TSC …"',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  measure: { what: 'error of a RAW instant converted to MONOTONIC', perNs: PER_NS },
  monitor: (premises) =>
    // Without tick events nobody knows when the multiplier changed.
    premises.declared.publicationNs === null ? new Conversions(premises, ConversionsOfLife) : {},
};

class Conversions extends Watch<ConversionsOfLife> {
  'snapshot-taken'(snapshot: Snapshot): Finding {
    return this.follower.of(snapshot).judge(snapshot);
  }
}

/** A conversion made at a snapshot, and what may have become of it. */
class Conversion {
  private mult: bigint;
  /** Where the length that is running began; undefined: the slope is still the snapshot's. */
  private since: Cycles | undefined;
  /** Σ cycles * |m_i − m_q| of the lengths that ended, shifted ns. */
  private ended = 0n;
  private segments = 1n;
  private allowedNs: Ns = 0n;
  private changes: readonly Published[] = [];

  constructor(readonly made: Snapshot) {
    this.mult = made.mult;
  }

  copy(): Conversion {
    return Object.assign(new Conversion(this.made), this);
  }

  allow(ns: Ns): void {
    this.allowedNs += ns;
  }

  /** Ends a length at each tick, of which two are closer than the counter is wide. */
  ticked(published: Published, at: Cycles, length: (cycles: Cycles) => Cycles): void {
    this.ended += this.running(at, length);
    if (this.since !== undefined) this.since = at;
    if (published.mult === this.mult) return;
    this.mult = published.mult;
    this.since = at;
    this.segments++;
    if (this.changes.length < 8) this.changes = [...this.changes, published];
  }

  private running(to: Cycles, length: (cycles: Cycles) => Cycles): bigint {
    return this.since === undefined
      ? 0n
      : length(to - this.since) * abs(this.mult - this.made.mult);
  }

  /** With declared skew a reader behind `cycle_last` sees the values there. */
  judge(
    now: Snapshot,
    { mult, shift, skewCycles }: Nominal,
    length: (cycles: Cycles) => Cycles,
    onDistance: Premises['onDistance'],
  ): Finding {
    // It changed unseen: a subject that shows ticks shows all of them.
    if (now.mult !== this.mult) return undefined;
    const { made } = this;
    const grown = (now.monotonicNs - made.monotonicNs) * mult;
    const converted = (now.rawNs - made.rawNs) * made.mult;
    const error = abs(grown - converted) << shift;
    const change = abs(this.mult - made.mult);
    const drift = this.ended + this.running(now.counter, length) + skewCycles * change;
    const boundNs = this.segments + 1n + this.allowedNs;
    onDistance?.({
      value: (error * PER_NS) / (mult << shift),
      bound: ((drift * PER_NS) >> shift) + boundNs * PER_NS,
    });
    const beyondNs = (error - drift * mult) / (mult << shift) - boundNs;
    return beyondNs > 0n ? this.violation(now, mult, (drift >> shift) + boundNs) : 'held';
  }

  private violation(now: Snapshot, mult: bigint, boundNs: Ns): Violation {
    const { made } = this;
    const convertedNs = made.monotonicNs + ((now.rawNs - made.rawNs) * made.mult) / mult;
    const offNs = abs(now.monotonicNs - convertedNs);
    const how = `as converted on ${nameOf(made)} with multiplier ${made.mult}`;
    const since = `which changed ${this.segments - 1n} times since`;
    return {
      expected: `CLOCK_MONOTONIC within ${boundNs} ns of ${convertedNs} ns, ${how}, ${since}`,
      observed: `${now.monotonicNs} ns on ${nameOf(now)}: ${offNs} ns off`,
      evidence: [made, ...this.changes, now],
    };
  }
}

class ConversionsOfLife extends Life<ConversionsOfLife> {
  private first: Conversion | undefined;
  private last: Conversion | undefined;
  private tickedNs: Ns | undefined;
  private readonly gainNs: Ns;
  /** How long a narrow counter surely takes to wrap; undefined for one that does not. */
  private readonly wrapNs: Ns | undefined;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    const { mask, maxCycles, isTied } = this.nominal;
    if (mask === maxCycles) this.wrapNs = isTied ? shortestNs(this.nominal, mask) : -1n;
    this.gainNs = ceilDivide(gainPerWriterNs(this.premises) * this.nominal.raw.hi, RATE_ONE);
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): ConversionsOfLife {
    const copy = new ConversionsOfLife(circumstances);
    const over = (conversion: Conversion | undefined): Conversion | undefined =>
      conversion !== undefined && wasOver(conversion.made, saved) ? conversion.copy() : undefined;
    copy.first = over(this.first);
    copy.last = over(this.last);
    copy.tickedNs = this.tickedNs;
    return copy;
  }

  override forget(): void {
    this.first = undefined;
    this.last = undefined;
  }

  judge(snapshot: Snapshot): Finding {
    if (this.ignores(snapshot)) return undefined;
    if (this.mayHaveWrapped(snapshot)) this.forget();
    const { first, last } = this;
    this.last = new Conversion(snapshot);
    if (first === undefined) this.first = new Conversion(snapshot);
    const { onDistance } = this.premises;
    const finding = last?.judge(snapshot, this.nominal, this.length, onDistance);
    if (finding !== undefined && finding !== 'held') return finding;
    return first?.judge(snapshot, this.nominal, this.length, onDistance) ?? finding;
  }

  override ticked(published: Published, sampled: EventOf<'tick-sampled'> | undefined): void {
    const at = (sampled ?? published).counter;
    if (this.mayHaveWrapped(published)) this.forget();
    this.tickedNs = published.earliestNs;
    this.first?.ticked(published, at, this.length);
    this.last?.ticked(published, at, this.length);
  }

  /** Lengths are told by the counter since the last tick: without one it may have come round. */
  private mayHaveWrapped({ latestNs }: Snapshot | Published): boolean {
    const { tickedNs, wrapNs } = this;
    return tickedNs !== undefined && wrapNs !== undefined && latestNs - tickedNs >= wrapNs;
  }

  override edge(_edge: Edge): Finding {
    this.forget();
    return undefined;
  }

  override wrote({ kind }: Write): void {
    const allowedNs = this.gainNs + (kind === 'clock-set' ? 1n : 0n);
    this.first?.allow(allowedNs);
    this.last?.allow(allowedNs);
  }

  /** Cycles from one counter sample to another, which with declared skew may be a little behind. */
  private readonly length = (difference: Cycles): Cycles => {
    const { mask, skewCycles } = this.nominal;
    const cycles = difference & mask;
    return cycles > mask - 2n * skewCycles ? mask + 1n - cycles : cycles;
  };
}
