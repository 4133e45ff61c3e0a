import type { Event, EventOf } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { Difference } from './difference.js';
import type { Edge } from './edges.js';
import { Life, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Settling } from './settling.js';
import { errorOver, SleepError } from './sleep-error.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

type ClockRead = EventOf<'clock-read'>;

/**
 * g = BOOTTIME − MONOTONIC, of one counter sample or in the interval [b − m2, b − m1] of a
 * BOOTTIME read between two MONOTONIC reads of one vCPU. Weak form: of two samples that lie in
 * settled time, with or without stops in between, |Δg − away(W)| <= q + n * s + x. Without time
 * away Δg is 0.
 *
 * s is declared per stop, with the error c of the counter over what it lasted; of the guest's own
 * suspend it is what the guest measures its sleep by: see {@link SleepError}. A guest with nothing
 * to measure it by promises nothing. A stop that does not settle in time breaks the law as well.
 */
export const boottimeCountsStoppedTime: Property = {
  name: 'boottime-counts-stopped-time',
  statement: 'BOOTTIME is ahead of MONOTONIC by the time that the VM was stopped or suspended.',
  source: {
    title: 'clock_gettime(2): CLOCK_BOOTTIME "also includes any time that the system is suspended"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
  monitor: (premises) => new Sleeps(premises, SleepOfLife),
};

class Sleeps extends Watch<SleepOfLife> {
  'clock-read'(read: ClockRead): Finding {
    return read.via === 'nmi' ? undefined : this.follower.of(read).read(read);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    return this.follower.of(snapshot).snapshot(snapshot);
  }

  'stop-handled'(handled: EventOf<'stop-handled'>): Finding {
    return this.follower.of(handled).stopHandled(handled);
  }

  'interrupts-held'(held: EventOf<'interrupts-held'>): undefined {
    this.follower.of(held).settling.held(held);
  }

  'interrupts-released'(released: EventOf<'interrupts-released'>): undefined {
    this.follower.of(released).settling.released(released);
  }
}

/** When an event was. */
interface Span {
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}

function longestNs(from: Span, to: Span): Ns {
  return max(to.latestNs - from.earliestNs, 0n);
}

function shortestNs(from: Span, to: Span): Ns {
  return max(to.earliestNs - from.latestNs, 0n);
}

class SleepOfLife extends Life<SleepOfLife> {
  private difference: Difference;
  settling: Settling;
  private sleep: SleepError;
  /** What began the time away, the stop and the suspend that go on. */
  private away: Span | undefined;
  private stopped: Span | undefined;
  private suspended: Span | undefined;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.difference = new Difference(this.nominal.vcpuCount);
    this.settling = new Settling(this.premises.declared.settleWithinNs);
    this.sleep = new SleepError(this.premises, this.nominal);
    this.findPublication();
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): SleepOfLife {
    const copy = new SleepOfLife(circumstances);
    copy.difference = this.difference.copy(saved);
    copy.settling = this.settling.copy();
    copy.sleep = this.sleep.copy();
    copy.away = this.away ?? saved;
    copy.stopped = this.stopped;
    copy.suspended = this.suspended;
    if (!this.presence.isStopped) copy.stop(saved);
    return copy;
  }

  override forget(): void {
    this.difference.forget();
  }

  read(read: ClockRead): Finding {
    if (read.clock !== 'CLOCK_MONOTONIC' && read.clock !== 'CLOCK_BOOTTIME') return undefined;
    if (!this.settling.isSettled) return this.overdue(read);
    if (this.ignores(read)) return undefined;
    return read.clock === 'CLOCK_BOOTTIME'
      ? void this.difference.boottime(read)
      : this.difference.monotonic(read);
  }

  snapshot(snapshot: EventOf<'snapshot-taken'>): Finding {
    if (!this.settling.isSettled) return this.overdue(snapshot);
    return this.ignores(snapshot) ? undefined : this.difference.snapshot(snapshot);
  }

  stopHandled(handled: EventOf<'stop-handled'>): Finding {
    const finding = this.overdue(handled);
    this.settling.handled();
    this.difference.forgetBrackets();
    return finding;
  }

  private overdue(event: Event): Finding {
    return this.nominal.isTied ? this.settling.overdue(event) : undefined;
  }

  override edge(edge: Edge, from: Phase): Finding {
    const finding = this.overdue(edge);
    const { phase, isStopped } = this.presence;
    this.difference.edge(edge);
    if (from !== 'away' && phase === 'away') this.away = edge;
    if (edge.kind === 'guest-suspended') this.suspend(edge);
    if (edge.kind === 'vcpu-stopped' && isStopped) this.stop(edge);
    if (edge.kind === 'vcpu-started') this.start(edge);
    this.settling.phase(edge, from, phase);
    if (edge.kind === 'guest-resumed') this.resume(edge);
    if (from === 'away' && phase !== 'away') this.comeBack(edge);
    return finding;
  }

  private stop(at: Event): void {
    this.stopped = at;
    this.settling.stopped(at);
    this.difference.allow(this.premises.declared.stopErrorNs.boottime);
    if (!this.nominal.isTied) this.forget();
  }

  private start(at: EventOf<'vcpu-started'>): void {
    this.settling.started(at);
    const { stopped } = this;
    if (stopped === undefined) return;
    this.stopped = undefined;
    const mostNs = longestNs(stopped, at);
    this.sleep.stopped(mostNs);
    this.difference.allow(errorOver(mostNs, this.nominal.raw));
  }

  private suspend(suspended: EventOf<'guest-suspended'>): void {
    this.suspended = suspended;
    const { persistentClock, clocksource } = this.premises.machine.vms[this.vm] ?? {};
    const hasMeasure = persistentClock !== 'none' || clocksource?.nonstop === true;
    if (!this.nominal.isTied || !hasMeasure) this.forget();
  }

  private resume(resumed: EventOf<'guest-resumed'>): void {
    const from = this.suspended ?? resumed;
    const leastNs = shortestNs(from, resumed);
    const mostNs = longestNs(from, resumed);
    this.difference.allow(this.sleep.endOf(resumed, leastNs, mostNs, this.rate));
  }

  private comeBack(edge: Edge): void {
    const { away } = this;
    this.away = undefined;
    if (away === undefined) return;
    this.difference.away(shortestNs(away, edge), longestNs(away, edge));
  }

  override wrote(write: Write): void {
    this.difference.forgetBrackets();
    this.sleep.written();
    if (write.kind === 'clock-set') this.sleep.clockSet(write);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    this.sleep.ntpAdjusted(adjusted);
  }

  override rateChanged(): void {
    this.findPublication();
  }

  override ticked(): void {
    // MONOTONIC may be behind the line that BOOTTIME was read on.
    this.difference.forgetBrackets();
  }

  /** Without tick events one may be published inside any bracket. */
  private findPublication(): void {
    const { publicationNs } = this.premises.declared;
    if (publicationNs === null || publicationNs === 0n) return;
    if (this.premises.strict.has('publication')) return;
    const { highest, lowest } = this.rate;
    this.difference.publicationNs = (publicationNs * (highest - lowest)) / RATE_ONE + 1n;
  }
}
