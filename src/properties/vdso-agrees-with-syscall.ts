import { CLOCK_IDS, CLOCKS, type ClockId } from '../contract/clock.js';
import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf, type Write } from './life.js';
import { Moment, type Shown } from './moment.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';

type ClockRead = EventOf<'clock-read'>;
type Snapshot = EventOf<'snapshot-taken'>;

/**
 * At one counter value and under one publication the vDSO and the system call show the same, of every
 * clock; where the counter is behind `cycle_last`, both the time there.
 *
 * Otherwise, on one vCPU, a read of the vDSO after a system call is not below it, nor a system call
 * below a read of the vDSO before it: of clocks that can be set only while none was set. The line may
 * go down at a publication by another vCPU (`publication`); while one is under way the page may be
 * new and the system call's data old, so the vDSO's reads of that time are left out. Coarse clocks are
 * compared under one publication alone, as they may step back (`coarse-step`).
 *
 * The generic vDSO takes a counter behind `cycle_last` for a wrap (`generic-vdso-behind`): what may be
 * such a read is left out.
 */
export const vdsoAgreesWithSyscall: Property = {
  name: 'vdso-agrees-with-syscall',
  statement: 'The vDSO shows what the system call shows.',
  source: {
    title: 'tools/testing/selftests/vDSO/vdso_test_correctness.c: syscall <= vDSO <= syscall',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/tools/testing/selftests/vDSO/vdso_test_correctness.c',
  },
  monitor: (premises) => new Pages(premises, PagesOfLife),
};

class Pages extends Watch<PagesOfLife> {
  'clock-read'(read: ClockRead): Finding {
    if (read.via !== 'vdso' && read.via !== 'syscall') return undefined;
    return this.follower.of(read).read(read);
  }

  'snapshot-taken'(snapshot: Snapshot): undefined {
    this.follower.of(snapshot).snapshot(snapshot);
  }

  'tick-sampled'(sampled: EventOf<'tick-sampled'>): undefined {
    this.follower.of(sampled).begin();
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).stepped();
  }
}

/** What a vCPU saw last of a clock on one path, less what a publication since may take from it. */
interface Last {
  readonly read: ClockRead;
  floorNs: Ns;
  because: readonly Event[];
}

type Path = 'vdso' | 'syscall';

class PagesOfLife extends Life<PagesOfLife> {
  private readonly page: Moment;
  private readonly call: Moment;
  /** By path, vCPU and clock. */
  private readonly lasts = new Map<number, Last>();
  private readonly allowsPublication: boolean;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.page = new Moment(this.premises);
    this.call = new Moment(this.premises);
    this.allowsPublication = !this.premises.strict.has('publication');
  }

  override copy(circumstances: Circumstances): PagesOfLife {
    return new PagesOfLife(circumstances);
  }

  override forget(): void {
    this.begin();
    this.lasts.clear();
  }

  begin(): void {
    this.page.end();
    this.call.end();
  }

  override ticked(): void {
    this.begin();
  }

  override edge(): Finding {
    this.begin();
    return undefined;
  }

  override wrote(write: Write): void {
    this.begin();
    this.stepped();
    if (this.nominal.skewNs === 0n) return;
    // After a suspend on one vCPU and a resume on another the line is that of another counter.
    if (write.kind === 'guest-resumed') this.lasts.clear();
    // It drops a fraction of a ns at its own counter, to which a vCPU behind it has yet to come.
    if (write.kind === 'clock-set') for (const last of this.lasts.values()) last.floorNs -= 1n;
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    // A new offset of TAI, too.
    this.begin();
    this.stepped();
  }

  /** The clocks that can be set may have been. */
  stepped(): void {
    for (const [key, { read }] of this.lasts) {
      if (CLOCKS[read.clock].settable) this.lasts.delete(key);
    }
  }

  override lineChanged(): void {
    const { sampled, published } = this.publication;
    if (sampled === undefined || published === undefined || !this.allowsPublication) return;
    for (const last of this.lasts.values()) {
      if (!CLOCKS[last.read.clock].slewed) continue;
      const byNs = this.publication.aboveNs(last.read);
      if (byNs === 0n) continue;
      last.floorNs -= byNs;
      last.because = [sampled, published];
    }
  }

  snapshot(snapshot: Snapshot): void {
    if (this.ignores(snapshot)) return;
    const { counter } = snapshot;
    const show = (clock: ClockId, ns: Ns) =>
      this.call.show(clock, counter, { ns, event: snapshot });
    show('CLOCK_MONOTONIC', snapshot.monotonicNs);
    show('CLOCK_MONOTONIC_RAW', snapshot.rawNs);
    show('CLOCK_BOOTTIME', snapshot.boottimeNs);
    show('CLOCK_REALTIME', snapshot.realtimeNs);
    show('CLOCK_TAI', snapshot.taiNs);
  }

  read(read: ClockRead): Finding {
    if (this.ignores(read)) return undefined;
    const path: Path = read.via === 'vdso' ? 'vdso' : 'syscall';
    return this.equal(read, path) ?? this.sandwich(read, path);
  }

  private equal(read: ClockRead, path: Path): Finding {
    const { clock, ns } = read;
    const counter = this.counterOf(read);
    if (counter === undefined) return undefined;
    const [own, other] = path === 'vdso' ? [this.page, this.call] : [this.call, this.page];
    const shown: Shown = { ns, event: read };
    own.show(clock, counter, shown);
    const same = other.at(clock, counter);
    if (same === undefined) return undefined;
    return same.ns === ns ? 'held' : differ(same, shown, clock);
  }

  /** Without tick events: what a publication may take from any line. */
  private unseenNs(): Ns {
    const { publicationNs } = this.premises.declared;
    if (publicationNs === null || publicationNs === 0n || !this.allowsPublication) return 0n;
    const { highest, lowest } = this.rate;
    return ceilDivide(publicationNs * (highest - lowest), RATE_ONE) + 1n;
  }

  /** null: it looks at none; undefined: it is not known. */
  private counterOf({ clock, counter }: ClockRead): Cycles | null | undefined {
    if (CLOCKS[clock].resolution === 'tick') return null;
    return counter ?? undefined;
  }

  private sandwich(read: ClockRead, path: Path): Finding {
    const { clock, ns } = read;
    if (CLOCKS[clock].resolution === 'tick') return undefined;
    const { vcpu } = read.actor;
    const other = this.lasts.get(keyOf(path === 'vdso' ? 'syscall' : 'vdso', vcpu, clock));
    // A read that began before the last publication may have been made on the line before.
    const { published } = this.publication;
    const isStale = published !== undefined && read.earliestNs < published.latestNs;
    const staleNs = isStale && this.allowsPublication ? this.publication.aboveNs(read) : 0n;
    const floorNs = CLOCKS[clock].slewed ? ns - staleNs : ns;
    this.lasts.set(keyOf(path, vcpu, clock), {
      read,
      floorNs: floorNs - this.unseenNs(),
      because: [],
    });
    if (other === undefined) return undefined;
    return ns >= other.floorNs ? 'held' : below(other, read);
  }
}

/** As a number: it is made for each read. */
function keyOf(path: Path, vcpu: VcpuId, clock: ClockId): number {
  return (vcpu * CLOCK_IDS.length + CLOCK_IDS.indexOf(clock)) * 2 + (path === 'vdso' ? 1 : 0);
}

function differ(same: Shown, shown: Shown, clock: ClockId): Violation {
  return {
    expected: `${clock} by the vDSO and by the system call alike, of one counter value: ${same.ns} ns`,
    observed: `${shown.ns} ns: ${shown.ns - same.ns} ns apart`,
    evidence: [same.event, shown.event],
  };
}

function below({ read: earlier, floorNs, because }: Last, read: ClockRead): Violation {
  return {
    expected: `${read.clock} by ${read.via} at or past ${floorNs} ns, read by ${earlier.via} before on ${nameOf(earlier)}`,
    observed: `${read.ns} ns: ${floorNs - read.ns} ns below`,
    evidence: [earlier, ...because, read],
  };
}
