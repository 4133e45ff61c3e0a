import type { Event } from '../contract/event.js';
import { FOREVER } from '../contract/units.js';
import { positions } from './evidence.js';
import { seconds } from './numbers.js';
import { eventWords } from './words.js';

/** One line of a timeline before it is laid out. */
export interface Row {
  /** True time, ns; null where the recorder knew none. */
  readonly atNs: bigint | null;
  /** Whether the instant is an interval, of which this is the earliest point. */
  readonly vague: boolean;
  /** The heading that it stands under: `host`, `vCPU 0`. */
  readonly lane: string;
  readonly text: string;
  readonly value: string | null;
  /** Lines beneath, in the same lane. */
  readonly notes: readonly { readonly text: string; readonly value: string }[];
  readonly evidence: boolean;
  /** `stop` rows tell the story of the stop; the others go first where a timeline is too long. */
  readonly weight: 'stop' | 'other';
  /** How an elision counts it: `read`, `tick`. */
  readonly noun: string;
}

/** A stretch left out: `12 reads, 4 ticks`. */
export interface Gap {
  readonly left: string;
}

/** Events as rows, in their order: the two halves of a tick become one, a lone boot is left out. */
export function rowsOf(events: readonly Event[], evidence: readonly Event[]): readonly Row[] {
  const marked = positions(events, evidence);
  const rows: Row[] = [];
  const lives = events.filter((each) => each.kind === 'booted').length;
  events.forEach((event, at) => {
    const proof = marked.has(at);
    if (!proof && (halfTick(event, events[at + 1]) || dull(event, lives))) return;
    rows.push(rowOf(event, proof, proof ? differences(event, evidence) : []));
  });
  return rows;
}

function rowOf(event: Event, evidence: boolean, notes: Row['notes']): Row {
  const { text, value, more } = eventWords(event);
  return {
    atNs: known(event) ? event.earliestNs : null,
    vague: known(event) && event.latestNs !== event.earliestNs,
    lane: laneOf(event),
    text: event.kind === 'tick-published' && !evidence ? 'tick' : text,
    value,
    notes: evidence ? [...more, ...notes] : [],
    evidence,
    weight: OF_THE_STOP.has(event.kind) ? 'stop' : 'other',
    noun: NOUNS[event.kind] ?? 'other event',
  };
}

/** What says nothing to a reader, unless it is evidence. */
const STAMPS: ReadonlySet<Event['kind']> = new Set([
  'stop-handled',
  'data-published',
  'reader-accepted',
  'timekeeper-published',
  'device-programmed',
  'device-interrupt',
  'raw-timer-mapped',
  'counter-seen',
  'pvclock-written',
  'kvmclock-got',
] as const);

const OF_THE_STOP: ReadonlySet<Event['kind']> = new Set([
  'host-step-taken',
  'vcpu-started',
  'vcpu-stopped',
  'vm-saved',
  'vm-restored',
  'vm-migrated',
  'guest-suspended',
  'guest-resumed',
  'clock-set',
  'leap-applied',
  'freeze-requested',
  'freeze-acknowledged',
  'freeze-aborted',
  'thawed',
] as const);

const NOUNS: Readonly<Partial<Record<Event['kind'], string>>> = {
  'clock-read': 'read',
  'snapshot-taken': 'snapshot',
  'tick-sampled': 'tick',
  'tick-published': 'tick',
  'timer-armed': 'timer',
  'timer-cancelled': 'timer',
  'timer-fired': 'timer',
  'host-step-taken': 'host step',
  'device-programmed': 'timer device',
  'device-interrupt': 'timer device',
  'vcpu-idle': 'halt',
  'vcpu-woken': 'halt',
  skipped: 'skipped command',
};

/** Back to what, or how far on: a step back at its read, growth at the last read of its clock. */
function differences(event: Event, evidence: readonly Event[]): Row['notes'] {
  if (event.kind !== 'clock-read') return [];
  const reads = evidence.filter((each) => each.kind === 'clock-read');
  const same = reads.filter((each) => each.clock === event.clock);
  const at = same.findIndex((each) => each.ns === event.ns && each.earliestNs === event.earliestNs);
  const last = same[at - 1];
  if (last === undefined) return [];
  const grown = event.ns - last.ns;
  if (grown < 0n) return [{ text: 'back by', value: seconds(-grown) }];
  return at === same.length - 1 ? [{ text: 'later by', value: seconds(grown) }] : [];
}

/** Sampling and publication of one tick that nothing came between. */
function halfTick(event: Event, next: Event | undefined): boolean {
  return (
    event.kind === 'tick-sampled' &&
    next?.kind === 'tick-published' &&
    laneOf(next) === laneOf(event)
  );
}

/** The boot of the only VM, what starts with it, and the stamps that say nothing to a reader. */
function dull(event: Event, lives: number): boolean {
  if (STAMPS.has(event.kind)) return true;
  // A vCPU that was stopped in its middle: the schedule says so.
  if ('cause' in event && event.cause === 'preempted') return true;
  if (event.kind === 'booted') return lives === 1;
  return event.kind === 'vcpu-started' && event.latestNs === 0n;
}

function laneOf(event: Event): string {
  const { actor } = event;
  if ('host' in actor) return `host ${actor.host}`;
  const vm = actor.vm === 0 ? '' : `vm ${actor.vm} `;
  if ('vcpu' in actor) return `${vm}vCPU ${actor.vcpu}`;
  return actor.task === 'vmm' ? `${vm}host` : `${vm}${actor.task}`;
}

/** Whether the recorder had any idea when it was. */
export function known(event: Event): boolean {
  return event.earliestNs !== 0n || event.latestNs !== FOREVER;
}
