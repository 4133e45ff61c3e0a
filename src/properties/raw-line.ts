import type { EventOf } from '../contract/event.js';
import type { Finding, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { wasOver } from './before.js';
import { nameOf, type Witness } from './life.js';

/** What two values of RAW may be off the floor of the cycles between them: laws.md. */
const TOLERANCE_NS = 2n;

/** A read, and its residue: RAW << shift less what the cycles up to it make, in shifted ns. */
interface Extreme {
  readonly read: Witness;
  readonly residue: bigint;
}

/** The line in the counter that RAW is: the residues of all reads on it are equal but for flooring. */
export class RawLine {
  private lowest: Extreme | undefined;
  private highest: Extreme | undefined;
  /** What writers may have lifted it by so far, shifted ns. */
  private lifted = 0n;

  /** @param blur what a read may be off the line beside the tolerance, shifted ns */
  constructor(
    private readonly shift: bigint,
    private readonly blur: bigint,
  ) {}

  copy(): RawLine {
    return Object.assign(new RawLine(this.shift, this.blur), this);
  }

  wasOver(saved: EventOf<'vm-saved'>): boolean {
    const { lowest, highest } = this;
    if (lowest === undefined || highest === undefined) return true;
    return wasOver(lowest.read, saved) && wasOver(highest.read, saved);
  }

  forget(): void {
    this.lowest = undefined;
    this.highest = undefined;
  }

  /** Later reads may be that much higher. */
  lift(by: bigint): void {
    this.lifted += by;
  }

  compare(read: Witness, rawNs: Ns, residue: bigint): Finding {
    const { lowest, highest, blur, shift } = this;
    const unlifted = residue - this.lifted;
    if (lowest === undefined || highest === undefined) {
      this.lowest = { read, residue: unlifted };
      this.highest = { read, residue };
      return undefined;
    }
    const most = lowest.residue + (TOLERANCE_NS << shift) + blur;
    if (unlifted > most) {
      const offNs = -((most - unlifted) >> shift);
      return violation(
        lowest.read,
        read,
        `at most ${rawNs - offNs}`,
        rawNs,
        `${offNs} ns too much`,
      );
    }
    // Down from the floor of the cycles: anything above the next whole ns less.
    const least = highest.residue - ((TOLERANCE_NS + 1n) << shift) - blur;
    if (residue <= least) {
      const offNs = ((least - residue) >> shift) + 1n;
      const bound = `at least ${rawNs + offNs}`;
      return violation(highest.read, read, bound, rawNs, `${offNs} ns too little`);
    }
    if (unlifted < lowest.residue) this.lowest = { read, residue: unlifted };
    if (residue > highest.residue) this.highest = { read, residue };
    return 'held';
  }
}

function violation(
  earlier: Witness,
  read: Witness,
  bound: string,
  rawNs: Ns,
  off: string,
): Violation {
  const earlierNs = earlier.kind === 'clock-read' ? earlier.ns : earlier.rawNs;
  const was = `${earlierNs} ns at ${earlier.counter} on ${nameOf(earlier)}`;
  const how = `${was}, and the cycles between at the nominal rate`;
  return {
    expected: `CLOCK_MONOTONIC_RAW ${bound} ns at counter ${read.counter}: ${how}`,
    observed: `${rawNs} ns on ${nameOf(read)}: ${off}`,
    evidence: [earlier, read],
  };
}
