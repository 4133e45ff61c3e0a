import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import { abs, ceilDivide, max, min } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { type ClockStep, stepOf } from './clock-sets.js';
import { gainPerWriterNs } from './known-limits.js';
import { Life, nameOf } from './life.js';
import { RATE_ONE, type RateRange, slopeRange } from './nominal.js';
import { readOnOldLineNs } from './publication.js';
import { Watch } from './watch.js';

type Cross = EventOf<'cross-timestamped'>;
type Snapshot = EventOf<'snapshot-taken'>;
type Published = EventOf<'timekeeper-published'>;

const ROUNDING_NS = 3n;

/**
 * A cross timestamp that is given belongs to a counter value between the history, or else the last
 * update, and now. Of that value:
 *
 * - RAW lies on its one line in the counter through any sample, ± 3 ns: two values are cut, and so is
 *   an interpolation;
 * - REALTIME lies where the rates that were in force take it from a sample; between history and update
 *   the guest draws a straight line where MONOTONIC may have turned, and a rate that changed within a
 *   tick it takes back to the last one: the range of rates over these ways.
 *
 * Refused it may be outside of these bounds only, or where the counter changed; not between the last
 * update and now. Nothing is judged before a publication was seen. Narrow counters are left out, and
 * others once they came round: `cycle_last` grows past their width, which the guest's own comparison
 * does not know (§11). So is a capture before the last update where the history is
 * after it (`young-history`), which the guest should refuse and does not; what is asked on a vCPU
 * whose counter is behind the last update, where it takes any value; and REALTIME where the clock was set after the history was
 * kept: the guest bends the way to the new time.
 */
export const crossTimestampIsOneInstant: Property = {
  name: 'cross-timestamp-is-one-instant',
  statement: 'A cross timestamp is what the clocks showed when the device captured the counter.',
  source: {
    title:
      'ioctl PTP_SYS_OFFSET_PRECISE; timekeeping: Fix cross-timestamp interpolation corner case',
    url: 'https://git.kernel.org/linus/87a41130881995f82f7adbafbfeddaebfb35f0ef',
  },
  monitor: (premises) => new Crossings(premises, CrossingsOfLife),
};

class Crossings extends Watch<CrossingsOfLife> {
  'snapshot-taken'(snapshot: Snapshot): undefined {
    this.follower.of(snapshot).snapshot(snapshot);
  }

  'cross-timestamped'(cross: Cross): Finding {
    return this.follower.of(cross).judge(cross);
  }

  'timekeeper-published'(published: Published): undefined {
    this.follower.of(published).published(published);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).step(leap);
  }
}

class CrossingsOfLife extends Life<CrossingsOfLife> {
  private sample: Snapshot | undefined;
  private wasSet = false;
  private cycleLast: Cycles | undefined;
  /** What writers since the sample may have lifted the lines by, and a late publication (B2). */
  private liftNs: Ns = 0n;
  /** The extremes of d MONOTONIC / d RAW since the life began. */
  private slopes: RateRange;
  private readonly gainNs: Ns;
  private readonly isNarrow: boolean;
  private readonly ignoresYoung: boolean;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    const { mask, maxCycles, raw } = this.nominal;
    this.isNarrow = mask === maxCycles;
    this.slopes = slopeRange(this.nominal, this.rate.asked);
    this.ignoresYoung = !this.premises.strict.has('young-history');
    this.gainNs = ceilDivide(gainPerWriterNs(this.premises) * raw.hi, RATE_ONE);
  }

  override copy(circumstances: Circumstances): CrossingsOfLife {
    const copy = new CrossingsOfLife(circumstances);
    copy.cycleLast = this.cycleLast;
    copy.slopes = this.slopes;
    return copy;
  }

  override forget(): void {
    this.sample = undefined;
  }

  override rateChanged(): void {
    const { lo, hi } = slopeRange(this.nominal, this.rate.asked);
    this.slopes = { lo: min(lo, this.slopes.lo), hi: max(hi, this.slopes.hi) };
  }

  override edge(): Finding {
    this.forget();
    return undefined;
  }

  override wrote(): void {
    this.liftNs += this.gainNs;
  }

  override ticked(published: EventOf<'tick-published'>, sampled?: EventOf<'tick-sampled'>): void {
    if (this.sample === undefined || sampled === undefined) return;
    this.liftNs += readOnOldLineNs(this.nominal, sampled, published, this.sample.counter);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    super.clockSet(set);
    this.step(set);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    this.step(adjusted);
  }

  step(step: ClockStep): void {
    if (stepOf(step) !== undefined) this.wasSet = true;
  }

  published({ cycleLast }: Published): void {
    this.cycleLast = cycleLast;
  }

  snapshot(snapshot: Snapshot): void {
    if (this.ignores(snapshot)) return;
    this.sample = snapshot;
    this.wasSet = false;
    this.liftNs = 0n;
  }

  judge(cross: Cross): Finding {
    if (this.isNarrow || this.presence.suspended || this.isBehind(cross)) return undefined;
    if (this.circumstances.accumulation.isOverdue(cross)) return undefined;
    if (cross.ret < 0) return this.judgeRefusal(cross);
    if (this.ignoresYoung && this.isYoung(cross)) return undefined;
    const { sample } = this;
    const outside = this.judgePlace(cross);
    if (outside !== undefined || sample === undefined) return outside;
    return this.judgeRaw(cross, sample) ?? this.judgeRealtime(cross, sample);
  }

  private since(to: Cycles, from: Cycles): Cycles {
    return BigInt.asIntN(this.nominal.spec.widthBits, to - from);
  }

  /** The guest takes a counter behind the last update for one that came round, and the other way about. */
  private isBehind({ counter, history }: Cross): boolean {
    const { cycleLast } = this;
    if (cycleLast === undefined) return true;
    const { mask, spec } = this.nominal;
    const isBeforeRound = spec.widthBits < 64 && history !== null && history > cycleLast;
    return isBeforeRound || cycleLast > mask || this.since(counter, cycleLast) < 0n;
  }

  /**
   * Of a capture before the last update, where the history was kept after it: the way from there to
   * the update is taken for one round of the counter, on which every value lies.
   */
  private isYoung({ device, history }: Cross): boolean {
    const { cycleLast } = this;
    if (history === null || cycleLast === undefined) return false;
    return this.since(history, cycleLast) > 0n && this.since(device, cycleLast) < 0n;
  }

  private isBetween(from: Cycles, { device, counter }: Cross): boolean {
    return this.since(device, from) >= 0n && this.since(counter, device) >= 0n;
  }

  private judgeRefusal(cross: Cross): Finding {
    const { cycleLast = 0n } = this;
    if (cross.ret !== -22) return undefined; // -EINVAL; an interpolation may overflow as well
    if (!this.isBetween(cycleLast, cross)) return 'held';
    return {
      expected: `the time at counter ${cross.device}, between the last update at ${cycleLast} and now, ${cross.counter}`,
      observed: `refused with ${cross.ret} on ${nameOf(cross)}`,
      evidence: [cross],
    };
  }

  private judgePlace(cross: Cross): Violation | undefined {
    const from = this.oldest(cross);
    if (from === undefined || this.isBetween(from, cross)) return undefined;
    return {
      expected: `a refusal: counter ${cross.device} is not between ${from} and now, ${cross.counter}`,
      observed: `REALTIME ${cross.realtimeNs} ns, RAW ${cross.rawNs} ns on ${nameOf(cross)}`,
      evidence: [cross],
    };
  }

  private oldest({ history }: Cross): Cycles | undefined {
    const { cycleLast } = this;
    if (cycleLast === undefined || history === null) return cycleLast;
    return this.since(cycleLast, history) >= 0n ? history : cycleLast;
  }

  private judgeRaw(cross: Cross, sample: Snapshot): Violation | undefined {
    const { mult, shift, skewCycles } = this.nominal;
    const cycles = this.since(cross.device, sample.counter);
    const lineNs = sample.rawNs + ((cycles * mult) >> shift);
    const slackNs = ROUNDING_NS + this.liftNs + ((2n * skewCycles * mult) >> shift);
    const offNs = cross.rawNs - lineNs;
    if (offNs >= -slackNs && offNs <= slackNs) return undefined;
    return {
      expected: `RAW within ${slackNs} ns of ${lineNs} ns, ${cycles} cycles from the sample on ${nameOf(sample)}`,
      observed: `${cross.rawNs} ns: ${offNs} ns off`,
      evidence: [sample, cross],
    };
  }

  private judgeRealtime(cross: Cross, sample: Snapshot): Finding {
    if (this.wasSet) return 'held';
    const { mult, shift, skewCycles } = this.nominal;
    const cycles = this.since(cross.device, sample.counter);
    const rawNs = (cycles * mult) >> shift;
    const { lo, hi } = this.slopes;
    const range = ceilDivide((abs(rawNs) + this.drawnNs(cross)) * (hi - lo), RATE_ONE);
    const slackNs = ROUNDING_NS + 1n + this.liftNs + range + ((2n * skewCycles * mult) >> shift);
    const nearNs = sample.realtimeNs + (rawNs * lo) / RATE_ONE;
    const offNs = cross.realtimeNs - nearNs;
    if (offNs >= -slackNs && offNs <= slackNs) return 'held';
    return {
      expected: `REALTIME within ${slackNs} ns of ${nearNs} ns, ${cycles} cycles from the sample on ${nameOf(sample)}`,
      observed: `${cross.realtimeNs} ns: ${offNs} ns off`,
      evidence: [sample, cross],
    };
  }

  /**
   * The way over which the guest's line may not be the one that was read: a straight one from the
   * history, and of a change of rate within a tick the new one, back to the last tick.
   */
  private drawnNs({ history, counter, device }: Cross): Ns {
    const { mult, shift } = this.nominal;
    const cycles = abs(this.since(counter, device));
    const drawn = history === null ? cycles : cycles + abs(this.since(counter, history));
    return (drawn * mult) >> shift;
  }
}
