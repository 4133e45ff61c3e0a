import type { Event, EventOf } from '../contract/event.js';
import type { VmId } from '../contract/machine.js';
import type { Finding, Monitor, Premises } from '../contract/property.js';
import { ADJ_SETOFFSET } from '../contract/timex.js';
import type { Inheritable, Lives } from './before.js';
import type { Edge } from './edges.js';
import { Accumulation } from './known-limits.js';
import { type Nominal, nominalOf } from './nominal.js';
import { Publication } from './publication.js';
import { RateInForce } from './rate.js';
import { type Phase, Presence } from './window.js';

/**
 * An event in which the guest moves its clock to now: forward_now(), or the resume that sets
 * `cycle_last`.
 */
export type Write =
  | EventOf<'clock-set'>
  | EventOf<'ntp-adjusted'>
  | EventOf<'guest-suspended'>
  | EventOf<'guest-resumed'>;

/** Acts of a vCPU that show values of clocks. */
export type Witness = EventOf<'clock-read'> | EventOf<'snapshot-taken'>;

/**
 * One life of a VM as the definitions of laws.md see it. A law about clocks extends it by what it
 * keeps of the reads, and fills in the methods that do nothing here.
 */
export abstract class Life<Self> implements Inheritable<Self> {
  // Declared, not defined: defining the fields of so many small lives is what costs most of a run.
  declare readonly premises: Premises;
  declare readonly vm: VmId;
  declare readonly nominal: Nominal;
  declare presence: Presence;
  declare rate: RateInForce;
  declare publication: Publication;
  declare accumulation: Accumulation;
  declare private readonly ignoresSuspended: boolean;

  constructor(premises: Premises, vm: VmId) {
    this.premises = premises;
    this.vm = vm;
    this.nominal = nominalOf(premises, vm);
    this.presence = new Presence(this.nominal.vcpuCount);
    this.rate = new RateInForce(premises, this.nominal);
    this.publication = new Publication(this.nominal);
    this.accumulation = new Accumulation(premises, this.nominal);
    this.ignoresSuspended = !premises.strict.has('reads-while-suspended');
  }

  abstract copy(saved: EventOf<'vm-saved'>): Self;

  /** Drops every read: what comes after does not follow from what came before. */
  abstract forget(): void;

  /** The VM's vCPUs or its guest's suspend changed; `from` is what the phase was. */
  edge(_edge: Edge, _from: Phase): Finding {
    return undefined;
  }

  /** `rate` changed at this event. */
  rateChanged(_at: Event): void {}

  /** `publication` changed the slope of the line that readers follow. */
  lineChanged(): void {}

  ticked(_published: EventOf<'tick-published'>, _sampled: EventOf<'tick-sampled'> | undefined) {}

  wrote(_write: Write): void {}

  /** Takes up what another life knew beside its reads. */
  protected inherit(from: Life<Self>): void {
    this.presence = from.presence.copyStopped();
    this.rate = from.rate.copy();
    this.publication = from.publication.copy();
    this.accumulation = from.accumulation.copy();
  }

  /**
   * Whether it is no witness: suspended, or after too long a gap; then what came before is
   * dropped.
   */
  ignores(witness: Witness): boolean {
    if (this.ignoresSuspended && this.presence.suspended) return true;
    if (!this.accumulation.isLimited) return false;
    if (this.accumulation.isOverdue(witness)) {
      this.forget();
      return true;
    }
    return this.accumulation.isInHole(witness);
  }

  booted(booted: EventOf<'booted'>): void {
    this.accumulation.accumulated(booted);
  }

  vcpuStarted(started: EventOf<'vcpu-started'>): Finding {
    const from = this.presence.phase;
    this.presence.started(started.actor.vcpu);
    return this.edge(started, from);
  }

  vcpuStopped(stopped: EventOf<'vcpu-stopped'>): Finding {
    const from = this.presence.phase;
    this.presence.stopped(stopped.actor.vcpu);
    return this.edge(stopped, from);
  }

  guestSuspended(suspended: EventOf<'guest-suspended'>): Finding {
    this.forwarded(suspended);
    const from = this.presence.phase;
    this.presence.suspended = true;
    return this.edge(suspended, from);
  }

  guestResumed(resumed: EventOf<'guest-resumed'>): Finding {
    this.forwarded(resumed);
    const from = this.presence.phase;
    this.presence.suspended = false;
    return this.edge(resumed, from);
  }

  clockSet(set: EventOf<'clock-set'>): void {
    this.rate.clockSet(set);
    // A refused one may have changed nothing.
    if (set.ret === 0 && this.accumulation.accumulated(set)) this.forget();
    this.wrote(set);
  }

  ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    if (this.rate.ntpAdjusted(adjusted)) this.rateChanged(adjusted);
    if ((adjusted.timex.modes & ADJ_SETOFFSET) === 0) return;
    this.rate.forwarded();
    if (adjusted.ret >= 0 && this.accumulation.accumulated(adjusted)) this.forget();
    this.wrote(adjusted);
  }

  tickSampled(sampled: EventOf<'tick-sampled'>): void {
    this.rate.tickSampled();
    this.publication.tickSampled(sampled);
  }

  tickPublished(published: EventOf<'tick-published'>): void {
    const sampled = this.publication.sampleOf(published);
    if (this.accumulation.tickPublished(published, sampled)) this.forget();
    if (this.rate.tickPublished(published)) this.rateChanged(published);
    if (this.publication.tickPublished(published, sampled)) this.lineChanged();
    this.ticked(published, sampled);
  }

  private forwarded(write: Write): void {
    this.rate.forwarded();
    if (this.accumulation.accumulated(write)) this.forget();
    this.wrote(write);
  }
}

/** The part of a monitor that all laws on {@link Life} share; each adds the events it judges. */
export function follow<L extends Life<L>>(lives: Lives<L>): Monitor {
  return {
    booted: (event) => void lives.booted(event).booted(event),
    'vm-saved': (event) => void lives.vmSaved(event),
    'vm-restored': (event) => void lives.vmRestored(event),
    'vcpu-started': (event) => lives.of(event).vcpuStarted(event),
    'vcpu-stopped': (event) => lives.of(event).vcpuStopped(event),
    'guest-suspended': (event) => lives.of(event).guestSuspended(event),
    'guest-resumed': (event) => lives.of(event).guestResumed(event),
    'clock-set': (event) => void lives.of(event).clockSet(event),
    'ntp-adjusted': (event) => void lives.of(event).ntpAdjusted(event),
    'tick-sampled': (event) => void lives.of(event).tickSampled(event),
    'tick-published': (event) => void lives.of(event).tickPublished(event),
  };
}

export function nameOf({ actor }: Pick<Witness, 'actor'>): string {
  return `vCPU ${actor.vcpu}`;
}
