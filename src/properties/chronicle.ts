import type { EventOf } from '../contract/event.js';
import type { Premises } from '../contract/property.js';
import { type Belonging, Lives } from './before.js';
import { type Births, Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';

/** What is told where all that was seen of a life is to be dropped. */
interface Reader {
  forget(circumstances: Circumstances): void;
}

/**
 * The last one. A judge makes the monitors of one run in one go; and a map would keep what is reachable
 * from a chronicle, all that the laws of a run keep, past the young generation.
 */
let latest: { readonly premises: Premises; readonly chronicle: Chronicle } | undefined;

/**
 * The circumstances of every life of every VM in one run, told once and read by all its laws: the
 * monitor that they lean on, shown each event before them.
 */
export class Chronicle {
  private readonly lives: Lives<Circumstances>;
  private readonly births: Births;
  private readonly readers: Reader[] = [];
  /** What a life restored from the last snapshot takes up. */
  saved: Circumstances | undefined;

  private constructor(premises: Premises) {
    const births: Births = { count: 0, slowestHostPpb: 0n };
    this.births = births;
    this.lives = new Lives((vm) => new Circumstances(premises, vm, births));
  }

  /** The one of the run that has these premises: each run has its own object. */
  static of(premises: Premises): Chronicle {
    if (latest?.premises !== premises) latest = { premises, chronicle: new Chronicle(premises) };
    return latest.chronicle;
  }

  readBy(reader: Reader): void {
    this.readers.push(reader);
  }

  /** The life that the event belongs to. */
  of(event: Belonging): Circumstances {
    return this.lives.of(event);
  }

  booted(event: EventOf<'booted'>): undefined {
    this.lives.booted(event).booted(event);
  }

  'vm-saved'(event: EventOf<'vm-saved'>): undefined {
    this.saved = this.lives.vmSaved(event);
  }

  'vm-restored'(event: EventOf<'vm-restored'>): undefined {
    this.lives.vmRestored(event);
  }

  'vcpu-started'(event: EventOf<'vcpu-started'>): undefined {
    this.of(event).edge(event);
  }

  'vcpu-stopped'(event: EventOf<'vcpu-stopped'>): undefined {
    this.of(event).edge(event);
  }

  'guest-suspended'(event: EventOf<'guest-suspended'>): undefined {
    this.slept(event);
  }

  'guest-resumed'(event: EventOf<'guest-resumed'>): undefined {
    this.slept(event);
  }

  'clock-set'(event: EventOf<'clock-set'>): undefined {
    const circumstances = this.of(event);
    circumstances.clockSet(event);
    this.wrote(circumstances);
  }

  'ntp-adjusted'(event: EventOf<'ntp-adjusted'>): undefined {
    const circumstances = this.of(event);
    circumstances.ntpAdjusted(event);
    this.wrote(circumstances);
  }

  'host-ntp-adjusted'({ ratePpb }: EventOf<'host-ntp-adjusted'>): undefined {
    if (ratePpb < this.births.slowestHostPpb) this.births.slowestHostPpb = ratePpb;
  }

  'tick-sampled'(event: EventOf<'tick-sampled'>): undefined {
    this.of(event).tickSampled(event);
  }

  'tick-published'(event: EventOf<'tick-published'>): undefined {
    const circumstances = this.of(event);
    circumstances.tickPublished(event);
    this.wrote(circumstances);
  }

  private slept(event: Edge): void {
    const circumstances = this.of(event);
    circumstances.edge(event);
    this.wrote(circumstances);
  }

  private wrote(circumstances: Circumstances): void {
    if (!circumstances.wasOverdue) return;
    for (const reader of this.readers) reader.forget(circumstances);
  }
}
