import type { Signs, WatchdogName } from '../contract/consumer.js';
import type { VcpuId } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';
import type { HostPage } from './host-page.js';

/** What the time daemon remembers between two polls. */
export interface DaemonState {
  readonly polls: number;
  /** The signs as it left them. */
  readonly signs: Signs;
  /** It gave up: the clock was too far off. */
  readonly hasPanicked: boolean;
}

/** A time stamp that the application carries about. */
export interface TimeStamp {
  readonly realtimeNs: Ns;
  readonly signs: Signs;
}

/** What each watchdog's clock showed as it was last touched, ns. */
export type Touches = Record<WatchdogName, Ns>;

/** What a guest knows of the stops it lived through, and what its tasks keep: part of its memory. */
export class GuestState {
  /** How often whoever waits for the clock to be set was woken, or would have been. */
  clockSets = 0n;
  /** REALTIME minus MONOTONIC as such a one knows it, ns. */
  knownOffsReal: Ns = 0n;
  /** The host has asked for a freeze, and neither thawed it nor called it off. */
  isAskedToFreeze = false;
  /** Freezes that it acknowledged. */
  freezes = 0n;
  daemon: DaemonState | undefined;
  stamp: TimeStamp | undefined;
  readonly touches = new Map<VcpuId, Touches>();
  /** What the page of stopped time shows, and how much of it a handler has seen, ns. */
  pageTotalNs: Ns = 0n;
  takenTotalNs: Ns = 0n;
  /** How long it was frozen in all, as its host told it, ns. */
  toldFrozenNs: Ns = 0n;
  /** What the persistent clock showed as it froze, ns. */
  frozeAtPersistentNs: Ns = 0n;
  /** The page that the host shares with user space; undefined: there is none. */
  hostPage: HostPage | undefined;
  /** A work item of the design's handler, or the design's agent, has still to run. */
  hasWork = false;
  agentWaits = false;

  clone(): GuestState {
    const copy = Object.assign(new GuestState(), this, { touches: new Map() });
    for (const [vcpu, touches] of this.touches) copy.touches.set(vcpu, { ...touches });
    return copy;
  }
}
