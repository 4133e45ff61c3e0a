import type { EventOf } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { gainPerWriterNs } from './known-limits.js';
import { Life, type Witness, type Write } from './life.js';
import { RATE_ONE, shortestNs } from './nominal.js';
import { RawLine } from './raw-line.js';
import { Watch } from './watch.js';

/**
 * RAW(r2) − RAW(r1) = (cycles between them * nominal mult >> shift) ± 2 ns.
 *
 * RAW is one line in the counter, whatever vCPU reads it: with RAW << shift − cycles * mult, where
 * cycles go on beyond the counter's width, each read is compared with all before it. So ± 2 ns
 * hold in total, and a nanosecond lost at each tick adds up until it is seen.
 *
 * The line holds for counter values from `cycle_last` on; a reader behind it sees the value there,
 * and is compared as such where the last tick told `cycle_last`. Where another writer moved it,
 * reads behind the counters read before are left out, and with declared skew (or after a stop,
 * which may move the counters) all up to the next tick. A stop may move the counter forward: RAW
 * follows it.
 *
 * A suspend ends the line: RAW does not count it. forward_now() on a vCPU behind `cycle_last`
 * lifts it by what it was behind: with declared skew by no more than that (`negative-motion`);
 * after a stop, when the counter may be anywhere, a writer that has read nothing yet ends the line
 * as well.
 */
export const rawIgnoresAdjtimex: Property = {
  name: 'raw-ignores-adjtimex',
  statement:
    'MONOTONIC_RAW follows the counter at its nominal rate, whatever adjtimex(2) asks for.',
  source: {
    title: 'clock_gettime(2): CLOCK_MONOTONIC_RAW "is not subject to NTP adjustments"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
  monitor: (premises) => new Raws(premises, RawOfLife),
};

class Raws extends Watch<RawOfLife> {
  'clock-read'(read: EventOf<'clock-read'>): Finding {
    if (read.clock !== 'CLOCK_MONOTONIC_RAW' || read.via === 'nmi') return undefined;
    return read.counter === null
      ? undefined
      : this.follower.of(read).judge(read, read.counter, read.ns);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    return this.follower.of(snapshot).judge(snapshot, snapshot.counter, snapshot.rawNs);
  }

  'vm-migrated'(migrated: EventOf<'vm-migrated'>): undefined {
    this.follower.of(migrated).moved();
  }
}

class RawOfLife extends Life<RawOfLife> {
  private line: RawLine;
  /** The last witness, and its counter as if it had no width. */
  private last: Witness | undefined;
  private cycles: Cycles = 0n;
  /** Highest of those judged. */
  private front: Cycles = 0n;
  /** Of the last tick; undefined once another writer moved it. */
  private cycleLast: Cycles | undefined;
  private hasWritten = false;
  /** `cycle_last` may be past the readers' counters: wait for a tick. */
  private isUnsure: boolean;
  /** vCPUs that have read at or past `cycle_last` since they were last stopped, if ever. */
  private readonly trusted: boolean[];
  /** The last suspend or resume: a read that began before may be of the line before. */
  private lineSinceNs: Ns = 0n;
  /** What a writer may lift the line by, shifted ns. */
  private readonly gain: bigint;
  /** How far a reader may be behind `cycle_last` where no tick tells. */
  private readonly blur: Cycles;
  private readonly isSkewed: boolean;
  private readonly isNarrow: boolean;
  private readonly halfNs: Ns;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    const { mult, shift, mask, maxCycles, skewCycles, raw, vcpuCount } = this.nominal;
    this.trusted = new Array<boolean>(vcpuCount).fill(true);
    this.gain = ((gainPerWriterNs(this.premises) * raw.hi) << shift) / RATE_ONE;
    this.blur = this.premises.declared.publicationNs === null ? 0n : skewCycles;
    this.line = new RawLine(shift, this.blur * mult);
    this.isSkewed = skewCycles > 0n && this.blur === 0n;
    this.isUnsure = this.isSkewed;
    this.isNarrow = mask === maxCycles;
    this.halfNs = this.nominal.isTied ? shortestNs(this.nominal, mask >> 1n) : -1n;
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): RawOfLife {
    const copy = new RawOfLife(circumstances);
    const { last } = this;
    if (last === undefined || !wasOver(last, saved) || !this.line.wasOver(saved)) return copy;
    copy.last = last;
    copy.line = this.line.copy();
    copy.cycles = this.cycles;
    copy.front = this.front;
    copy.cycleLast = this.cycleLast;
    copy.hasWritten = this.hasWritten;
    copy.isUnsure = this.isUnsure;
    copy.lineSinceNs = this.lineSinceNs;
    copy.moved();
    return copy;
  }

  override forget(): void {
    this.last = undefined;
    this.line.forget();
    this.isUnsure = this.isSkewed && this.cycleLast === undefined;
  }

  /** The host may have set the counters. */
  moved(): void {
    if (this.hasWritten) this.isUnsure = true;
    this.trusted.fill(false);
  }

  override edge(edge: Edge): Finding {
    const { vcpu } = edge.actor;
    if (edge.kind === 'vcpu-stopped') this.trusted[vcpu] = false;
    else if (edge.kind === 'vcpu-started') {
      if (this.hasWritten && this.trusted[vcpu] === false) this.isUnsure = true;
    } else {
      this.forget();
      this.lineSinceNs = edge.latestNs;
    }
    return undefined;
  }

  override ticked(published: EventOf<'tick-published'>): void {
    this.cycleLast = published.cycleLast;
    this.hasWritten = false;
    this.isUnsure = false;
  }

  override wrote({ actor }: Write): void {
    if (this.trusted[actor.vcpu] !== true) this.forget();
    this.line.lift(this.gain);
    this.cycleLast = undefined;
    this.hasWritten = true;
    if (this.isSkewed) this.isUnsure = true;
  }

  judge(read: Witness, counter: Cycles, rawNs: Ns): Finding {
    if (this.ignores(read) || read.earliestNs < this.lineSinceNs) return undefined;
    const { last } = this;
    if (last !== undefined && this.isTooFar(last, read)) this.forget();
    this.count(read, counter);
    if (this.isUnsure) return undefined;
    const behind = this.cyclesBehind(counter);
    if (behind > 0n && (this.isNarrow || this.cycleLast === undefined)) {
      // On a counter that narrow the guest takes it for a wrap.
      if (this.isNarrow) this.forget();
      return undefined;
    }
    if (behind <= 0n) {
      this.hasWritten = false;
      this.trusted[read.actor.vcpu] = true;
      if (this.cycles > this.front) this.front = this.cycles;
    }
    const { shift, mult } = this.nominal;
    const shown = behind > 0n ? this.cycles + behind : this.cycles;
    return this.line.compare(read, rawNs, (rawNs << shift) - shown * mult);
  }

  /**
   * Takes the counter on from the last witness by less than half its width, in either direction.
   */
  private count(read: Witness, counter: Cycles): void {
    const { last } = this;
    this.last = read;
    if (last === undefined || last.counter === null) {
      this.cycles = counter;
      this.front = counter;
    } else this.cycles += BigInt.asIntN(this.nominal.spec.widthBits, counter - last.counter);
  }

  /** Beyond half the counter's width the way round is not known. */
  private isTooFar(last: Witness, read: Witness): boolean {
    if (!this.isNarrow) return false;
    const { halfNs } = this;
    return read.latestNs - last.earliestNs > halfNs || last.latestNs - read.earliestNs > halfNs;
  }

  /** How far a counter is behind `cycle_last`, or behind what is known to be past it. */
  private cyclesBehind(counter: Cycles): Cycles {
    if (this.cycleLast === undefined) return this.front - this.cycles - this.blur;
    return BigInt.asIntN(this.nominal.spec.widthBits, this.cycleLast - counter);
  }
}
