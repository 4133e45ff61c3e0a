import type { Event, EventOf } from '../contract/event.js';
import type { VmId } from '../contract/machine.js';
import type { Finding, Premises, Property, Violation } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import { Lives, wasOver } from './before.js';
import type { Edge } from './edges.js';
import { gainPerWriterNs } from './known-limits.js';
import { follow, Life, nameOf, type Witness, type Write } from './life.js';
import { RATE_ONE, shortestNs } from './nominal.js';

/** What two values of RAW may be off the floor of the cycles between them: laws.md. */
const TOLERANCE_NS = 2n;

/**
 * RAW(r2) − RAW(r1) = (cycles between them * nominal mult >> shift) ± 2 ns.
 *
 * RAW is one line in the counter, whatever vCPU reads it: with RAW << shift − cycles * mult, where cycles
 * go on beyond the counter's width, each read is compared with all before it. So ± 2 ns hold in
 * total, and a nanosecond lost at each tick adds up until it is seen.
 *
 * The line holds for counter values from `cycle_last` on; a reader behind it sees the value there, and
 * is compared as such where the last tick told `cycle_last`. Where another writer moved it, reads behind
 * the counters read before are left out, and with declared skew (or after a stop, which may move the
 * counters) all up to the next tick. A stop may move the counter forward: RAW follows it.
 *
 * A suspend ends the line: RAW does not count it. forward_now() on a vCPU behind `cycle_last` lifts it by
 * what it was behind: with declared skew by no more than that (`negative-motion`); after a stop, when
 * the counter may be anywhere, a writer that has read nothing yet ends the line as well.
 */
export const rawIgnoresAdjtimex: Property = {
  name: 'raw-ignores-adjtimex',
  statement:
    'MONOTONIC_RAW follows the counter at its nominal rate, whatever adjtimex(2) asks for.',
  source: {
    title: 'clock_gettime(2): CLOCK_MONOTONIC_RAW "is not subject to NTP adjustments"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
  monitor(premises) {
    const lives = new Lives((vm) => new RawOfLife(premises, vm));
    return {
      ...follow(lives),
      'clock-read': (read) =>
        read.clock !== 'CLOCK_MONOTONIC_RAW' || read.via === 'nmi' || read.counter === null
          ? undefined
          : lives.of(read).judge(read, read.counter, read.ns),
      'snapshot-taken': (snapshot) =>
        lives.of(snapshot).judge(snapshot, snapshot.counter, snapshot.rawNs),
      'vm-migrated': (migrated) => void lives.of(migrated).moved(),
    };
  },
};

/** A read, and its RAW << shift less what the cycles up to it make. */
interface Extreme {
  readonly read: Witness;
  readonly residue: bigint;
}

class RawOfLife extends Life<RawOfLife> {
  private lowest: Extreme | undefined;
  private highest: Extreme | undefined;
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
  /** vCPUs that have read at or past `cycle_last` since they last started. */
  private trusted: boolean[];
  /** Gains allowed so far, and what a read may be off the line where no tick tells, shifted ns. */
  private gained = 0n;
  private readonly gain: bigint;
  private readonly blur: bigint;
  private readonly isSkewed: boolean;
  private readonly isNarrow: boolean;
  private readonly halfNs: Ns;

  constructor(premises: Premises, vm: VmId) {
    super(premises, vm);
    const { mult, shift, mask, maxCycles, skewCycles, raw, vcpuCount } = this.nominal;
    this.trusted = new Array<boolean>(vcpuCount).fill(false);
    this.gain = ((gainPerWriterNs(premises) * raw.hi) << shift) / RATE_ONE;
    this.blur = premises.declared.publicationNs === null ? 0n : skewCycles * mult;
    this.isSkewed = skewCycles > 0n && this.blur === 0n;
    this.isUnsure = this.isSkewed;
    this.isNarrow = mask === maxCycles;
    this.halfNs = this.nominal.isTied ? shortestNs(this.nominal, mask >> 1n) : -1n;
  }

  override copy(saved: EventOf<'vm-saved'>): RawOfLife {
    const copy = new RawOfLife(this.premises, this.vm);
    copy.inherit(this);
    const { last, lowest, highest } = this;
    if (last === undefined || lowest === undefined || highest === undefined) return copy;
    if (![last, lowest.read, highest.read].every((read) => wasOver(read, saved))) return copy;
    copy.last = last;
    copy.lowest = lowest;
    copy.highest = highest;
    copy.cycles = this.cycles;
    copy.front = this.front;
    copy.cycleLast = this.cycleLast;
    copy.hasWritten = this.hasWritten;
    copy.isUnsure = this.isUnsure;
    copy.gained = this.gained;
    copy.moved();
    return copy;
  }

  override forget(): void {
    this.last = undefined;
    this.lowest = undefined;
    this.highest = undefined;
    this.isUnsure = this.isSkewed && this.cycleLast === undefined;
  }

  /** The host may have set the counters: of those vCPUs that will start again. */
  moved(): void {
    if (this.hasWritten) this.isUnsure = true;
    this.trusted.fill(false);
  }

  override edge(edge: Edge): Finding {
    if (edge.kind === 'vcpu-started') {
      if (this.hasWritten) this.isUnsure = true;
      this.trusted[edge.actor.vcpu] = false;
    } else if (edge.kind !== 'vcpu-stopped') this.forget();
    return undefined;
  }

  override ticked(published: EventOf<'tick-published'>): void {
    this.cycleLast = published.cycleLast;
    this.hasWritten = false;
    this.isUnsure = false;
  }

  override wrote({ actor }: Write): void {
    if (this.trusted[actor.vcpu] !== true) this.forget();
    this.gained += this.gain;
    this.cycleLast = undefined;
    this.hasWritten = true;
    if (this.isSkewed) this.isUnsure = true;
  }

  judge(read: Witness, counter: Cycles, rawNs: Ns): Finding {
    if (this.ignores(read)) return undefined;
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
    return this.compare(read, rawNs, (rawNs << shift) - shown * mult);
  }

  /** Takes the counter on from the last witness by less than half its width, in either direction. */
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
    return this.isNarrow && read.latestNs - last.earliestNs > this.halfNs;
  }

  /** How far a counter is behind `cycle_last`, or behind what is known to be past it. */
  private cyclesBehind(counter: Cycles): Cycles {
    const { spec, skewCycles } = this.nominal;
    if (this.cycleLast === undefined) {
      return this.front - this.cycles - (this.blur === 0n ? 0n : skewCycles);
    }
    return BigInt.asIntN(spec.widthBits, this.cycleLast - counter);
  }

  private compare(read: Witness, rawNs: Ns, residue: bigint): Finding {
    const { lowest, highest, blur, gained } = this;
    const { shift } = this.nominal;
    const lifted = residue - gained;
    if (lowest === undefined || highest === undefined) {
      this.lowest = { read, residue: lifted };
      this.highest = { read, residue };
      return undefined;
    }
    const most = lowest.residue + (TOLERANCE_NS << shift) + blur;
    if (lifted > most) {
      return violation(lowest.read, read, 'most', rawNs - ceilShift(lifted - most, shift), rawNs);
    }
    // Down from the floor: up to the next whole ns less.
    const least = highest.residue - ((TOLERANCE_NS + 1n) << shift) - blur;
    if (residue <= least) {
      const shortNs = ((least - residue) >> shift) + 1n;
      return violation(highest.read, read, 'least', rawNs + shortNs, rawNs);
    }
    if (lifted < lowest.residue) this.lowest = { read, residue: lifted };
    if (residue > highest.residue) this.highest = { read, residue };
    return 'held';
  }
}

function ceilShift(n: bigint, shift: bigint): bigint {
  return (n + (1n << shift) - 1n) >> shift;
}

function violation(
  earlier: Witness,
  read: Witness,
  which: 'least' | 'most',
  boundNs: Ns,
  rawNs: Ns,
): Violation {
  const offNs = which === 'least' ? boundNs - rawNs : rawNs - boundNs;
  const evidence: readonly Event[] = [earlier, read];
  return {
    expected: `CLOCK_MONOTONIC_RAW at ${which} ${boundNs} ns at counter ${read.counter}: ${shownBy(earlier)} ns at ${earlier.counter} on ${nameOf(earlier)}, and the cycles between at the nominal rate, within ${TOLERANCE_NS} ns`,
    observed: `${rawNs} ns on ${nameOf(read)}: ${offNs} ns too ${which === 'least' ? 'little' : 'much'}`,
    evidence,
  };
}

function shownBy(read: Witness): Ns {
  return read.kind === 'clock-read' ? read.ns : read.rawNs;
}
