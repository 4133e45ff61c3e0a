import type { EventOf } from '../contract/event.js';
import type { VmId } from '../contract/machine.js';
import type { Premises } from '../contract/property.js';
import { ADJ_SETOFFSET } from '../contract/timex.js';
import type { Inheritable } from './before.js';
import type { Edge } from './edges.js';
import { type Slack, slackOf } from './granularity.js';
import { Accumulation } from './known-limits.js';
import { type Nominal, nominalOf } from './nominal.js';
import { Publication } from './publication.js';
import { RateInForce } from './rate.js';
import { type Phase, Presence } from './window.js';

/** The life that another one goes on with, and where it was taken. */
interface Ancestor {
  readonly circumstances: Circumstances;
  readonly saved: EventOf<'vm-saved'>;
}

/** What a chronicle has told of beside single lives. */
export interface Births {
  /** How many lives. */
  count: number;
  /** The slowest that MONOTONIC of a host has run so far, parts per 10^9 beside its counter; 0 or less. */
  slowestHostPpb: bigint;
}

/**
 * One life of a VM as the definitions of laws.md see it, whatever law asks: who runs, the rate in
 * force, the last publication, the last accumulation. It keeps no reads: those are a law's own.
 *
 * Beside what is in force it says what the last event did, for the laws to follow.
 */
export class Circumstances implements Inheritable<Circumstances> {
  // Declared, not defined: defining the fields of so many small lives costs more than setting them.
  declare readonly premises: Premises;
  declare readonly vm: VmId;
  declare readonly nominal: Nominal;
  declare readonly presence: Presence;
  declare readonly rate: RateInForce;
  declare readonly publication: Publication;
  declare readonly accumulation: Accumulation;
  /** What the rates since the life began leave open between two reads. */
  declare slack: Slack;
  /** Reads while the guest is suspended show nothing. */
  declare readonly ignoresSuspended: boolean;
  /** So do reads of the vDSO while a tick is being published: the page changes first (`publication`). */
  declare readonly ignoresOpen: boolean;
  declare readonly ancestor: Ancestor | undefined;
  /** The phase before the last edge. */
  declare from: Phase;
  /** The gap that the last writer or tick ended may have been too long. */
  declare wasOverdue: boolean;
  /** The last call of adjtimex(2) or tick changed `rate`. */
  declare rateChanged: boolean;
  /** The last tick changed the slope of the line that readers follow. */
  declare lineChanged: boolean;
  /** Of the last tick, if it was seen. */
  declare sampled: EventOf<'tick-sampled'> | undefined;

  /** Its number in the chronicle: an index for what each law keeps of it. */
  declare readonly id: number;
  declare private readonly births: Births;

  constructor(premises: Premises, vm: VmId, births: Births, ancestor?: Ancestor) {
    const from = ancestor?.circumstances;
    this.premises = premises;
    this.vm = vm;
    this.id = births.count++;
    this.births = births;
    this.nominal = from === undefined ? nominalOf(premises, vm) : from.nominal;
    const { nominal } = this;
    this.presence = from?.presence.copyStopped() ?? new Presence(nominal.vcpuCount);
    this.rate = from?.rate.copy() ?? new RateInForce(premises, nominal);
    this.publication = from?.publication.copy() ?? new Publication(nominal);
    this.accumulation = from?.accumulation.copy() ?? new Accumulation(premises, nominal);
    this.slack = from?.slack ?? slackOf(premises, nominal, this.rate);
    this.ignoresSuspended = !premises.strict.has('reads-while-suspended');
    this.ignoresOpen = !premises.strict.has('publication');
    this.ancestor = ancestor;
    this.from = 'away';
    this.wasOverdue = false;
    this.rateChanged = false;
    this.lineChanged = false;
    this.sampled = undefined;
  }

  /** What a host's timers may be late by: the slowest rate of any host so far, as a VM may have been on it. */
  get slowestHostPpb(): bigint {
    return this.births.slowestHostPpb;
  }

  copy(saved: EventOf<'vm-saved'>): Circumstances {
    const ancestor = { circumstances: this, saved };
    return new Circumstances(this.premises, this.vm, this.births, ancestor);
  }

  booted(booted: EventOf<'booted'>): void {
    this.accumulation.accumulated(booted);
  }

  edge(edge: Edge): void {
    const { presence } = this;
    this.from = presence.phase;
    switch (edge.kind) {
      case 'vcpu-started':
        presence.started(edge.actor.vcpu);
        this.accumulation.started(edge);
        return;
      case 'vcpu-stopped':
        presence.stopped(edge.actor.vcpu);
        return;
      default:
        this.rate.forwarded();
        this.wasOverdue = this.accumulation.accumulated(edge);
        presence.suspended = edge.kind === 'guest-suspended';
    }
  }

  clockSet(set: EventOf<'clock-set'>): void {
    this.rate.clockSet(set);
    // A refused one may have changed nothing.
    this.wasOverdue = set.ret === 0 && this.accumulation.accumulated(set);
  }

  ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    this.turned(this.rate.ntpAdjusted(adjusted));
    this.wasOverdue = false;
    if ((adjusted.timex.modes & ADJ_SETOFFSET) === 0) return;
    this.rate.forwarded();
    this.wasOverdue = adjusted.ret >= 0 && this.accumulation.accumulated(adjusted);
  }

  tickSampled(sampled: EventOf<'tick-sampled'>): void {
    this.rate.tickSampled();
    this.publication.tickSampled(sampled);
  }

  tickPublished(published: EventOf<'tick-published'>): void {
    const sampled = this.publication.sampleOf(published);
    this.sampled = sampled;
    this.wasOverdue = this.accumulation.tickPublished(published, sampled);
    this.turned(this.rate.tickPublished(published));
    this.lineChanged = this.publication.tickPublished(published, sampled);
  }
  private turned(hasChanged: boolean): void {
    this.rateChanged = hasChanged;
    if (hasChanged) this.slack = slackOf(this.premises, this.nominal, this.rate);
  }
}
