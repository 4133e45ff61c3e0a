import type { Prng } from '../math/prng.js';
import { pick } from './magnitude.js';

/** What a VMM does around a stop, list by list, in the names that `tickproof order` takes. */
export interface StepLists {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  readonly save?: readonly string[];
  readonly restore?: readonly string[];
  readonly migrate?: readonly string[];
}

/** The ways to stop a guest. */
export type StopKind = 'pause' | 'save' | 'migrate';

/** What reads clocks and counters, and what writes them: nothing here runs code of the guest. */
const READS = ['get-clock', 'get-tsc 0', 'get-tsc 1', 'get-tscs', 'get-cntvct'] as const;
const WRITES = [
  'set-clock',
  'set-clock+realtime',
  'set-tsc 0',
  'set-tsc 1',
  'set-tscs',
  'set-tsc-offset 0',
  'set-tsc-offset 1',
  'set-tsc-offsets',
  'set-tsc-offset+forward 0',
  'set-tsc-offset+forward 1',
  'set-tsc-offsets+forward',
  'set-deadlines',
  'set-cntvct',
  'set-cntvct+realtime',
  'create-vcpus',
] as const;
const EITHER = ['update-master-clock', 'kvmclock-ctrl', 'bump-marker', 'bump-generation'] as const;

/** One list has at most so many steps of clocks beside its stops and starts. */
const MOST_STEPS = 5;

/**
 * Lists of host steps for one way to stop a guest: any steps of clocks, in any order, before, between and
 * after those that stop and start its vCPUs.
 */
export function drawStepLists(prng: Prng, stop: StopKind): StepLists {
  const counters = prng.oneIn(4) ? '+counters' : '';
  const pause = around(prng, [...READS, ...EITHER], WRITES, vcpus(prng, 'pause', counters));
  const starts = (): readonly string[] => vcpus(prng, 'run', counters);
  const resume = around(prng, [...WRITES, ...EITHER], READS, starts());
  if (stop === 'pause') return { pause, resume };
  const after = (first: string) => [
    first,
    ...around(prng, [...WRITES, ...EITHER], READS, starts()),
  ];
  if (stop === 'migrate') return { pause, resume, migrate: after('move') };
  const save = [...drawn(prng, [...READS, ...EITHER], WRITES), 'save-memory'];
  return { pause, resume, save, restore: after('load-memory') };
}

/** Both vCPUs at once, or one after the other in either order. */
function vcpus(prng: Prng, verb: 'pause' | 'run', counters: string): readonly string[] {
  const kind = prng.below(4);
  if (kind < 2) return [`${verb}-vcpus${counters}`];
  const first = kind - 2;
  return [`${verb}-vcpu${counters} ${first}`, `${verb}-vcpu ${1 - first}`];
}

/** Steps among others that stay in their order. */
function around(
  prng: Prng,
  usual: readonly string[],
  odd: readonly string[],
  fixed: readonly string[],
): readonly string[] {
  const list = [...fixed];
  for (const step of drawn(prng, usual, odd)) list.splice(prng.below(list.length + 1), 0, step);
  return list;
}

/** Up to {@link MOST_STEPS}, one in eight of which is out of place. */
function drawn(prng: Prng, usual: readonly string[], odd: readonly string[]): readonly string[] {
  const count = prng.below(MOST_STEPS + 1);
  return Array.from({ length: count }, () => pick(prng, prng.oneIn(8) ? odd : usual));
}
