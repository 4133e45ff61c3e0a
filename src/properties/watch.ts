import type { EventKind, EventOf } from '../contract/event.js';
import type { Finding, Monitor, Premises } from '../contract/property.js';
import { type Born, Follower } from './follower.js';
import { Life } from './life.js';

/** For each kind of event, the methods of a life that it may call. */
const CALLS: ReadonlyMap<EventKind, readonly (keyof Life<unknown>)[]> = new Map<
  EventKind,
  readonly (keyof Life<unknown>)[]
>([
  ['vcpu-started', ['edge']],
  ['vcpu-stopped', ['edge']],
  ['guest-suspended', ['edge', 'wrote']],
  ['guest-resumed', ['edge', 'wrote']],
  ['clock-set', ['clockSet', 'wrote']],
  ['ntp-adjusted', ['ntpAdjusted', 'wrote', 'rateChanged']],
  ['tick-published', ['ticked', 'rateChanged', 'lineChanged']],
]);

/** By the class of the law. */
const deaf = new WeakMap<object, ReadonlySet<EventKind>>();

/**
 * The part of a monitor that all laws on {@link Life} share; each adds the events it judges.
 *
 * A class, so that a run does not make its methods anew.
 */
export abstract class Watch<L extends Life<L>> {
  // Declared, not defined: see Circumstances.
  declare protected readonly follower: Follower<L>;
  declare readonly leansOn: Monitor;
  declare readonly deafTo: ReadonlySet<EventKind>;

  constructor(premises: Premises, born: Born<L>) {
    this.follower = new Follower(premises, born);
    this.leansOn = this.follower.chronicle;
    this.deafTo = deaf.get(this.constructor) ?? deafnessOf(this, born);
  }

  booted(event: EventOf<'booted'>): undefined {
    this.follower.of(event);
  }

  'vm-saved'(event: EventOf<'vm-saved'>): undefined {
    this.follower.vmSaved(event);
  }

  'vm-restored'(event: EventOf<'vm-restored'>): undefined {
    this.follower.of(event);
  }

  'vcpu-started'(event: EventOf<'vcpu-started'>): Finding {
    return this.follower.edge(event);
  }

  'vcpu-stopped'(event: EventOf<'vcpu-stopped'>): Finding {
    return this.follower.edge(event);
  }

  'guest-suspended'(event: EventOf<'guest-suspended'>): Finding {
    return this.follower.edge(event);
  }

  'guest-resumed'(event: EventOf<'guest-resumed'>): Finding {
    return this.follower.edge(event);
  }

  'clock-set'(event: EventOf<'clock-set'>): undefined {
    this.follower.of(event).clockSet(event);
  }

  'ntp-adjusted'(event: EventOf<'ntp-adjusted'>): Finding {
    this.follower.ntpAdjusted(event);
    return undefined;
  }

  'tick-published'(event: EventOf<'tick-published'>): undefined {
    this.follower.tickPublished(event);
  }
}

/** Where neither the law nor what it keeps of a life says anything of its own. */
function deafnessOf<L extends Life<L>>(law: Watch<L>, born: Born<L>): ReadonlySet<EventKind> {
  const mine = law as Partial<Record<EventKind, unknown>>;
  const all = Watch.prototype as Partial<Record<EventKind, unknown>>;
  const life: Life<L> = born.prototype;
  const kinds = [...CALLS]
    .filter(
      ([kind, methods]) =>
        mine[kind] === all[kind] &&
        methods.every((method) => life[method] === Life.prototype[method]),
    )
    .map(([kind]) => kind);
  const deafness = new Set(kinds);
  deaf.set(law.constructor, deafness);
  return deafness;
}
