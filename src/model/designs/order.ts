import { UsageError } from '../../contract/errors.js';
import type { Design } from './design.js';
import { guestOf } from './order-guest.js';
import { type Context, type Side, stepsOf } from './order-steps.js';

export { STEP_NAMES } from './order-steps.js';

/** A user's own steps around a stop, by their public names; what is left out is as {@link Design} has it. */
export interface Order {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  readonly save?: readonly string[];
  readonly restore?: readonly string[];
  readonly migrate?: readonly string[];
  /** What the guest does, in the words of `--guest`. */
  readonly guest?: readonly string[];
}

/** The lists of an order, as its name and the command line have them. */
export const ORDER_LISTS = ['pause', 'resume', 'save', 'restore', 'migrate', 'guest'] as const;
const SIDES: readonly Side[] = ['pause', 'resume', 'save', 'restore', 'migrate'];

/** `order --pause 'A B' --resume 'C D'`: what a machine of a schedule is said to follow. */
export function nameOfOrder(order: Order): string {
  const flags = ORDER_LISTS.flatMap((list) => {
    const words = order[list];
    return words === undefined ? [] : [`--${list} '${words.join(' ')}'`];
  });
  return `order ${flags.join(' ')}`;
}

/** The other way round. @returns undefined: the name is none of an order. @throws as {@link orderOf} */
export function orderOfName(name: string): Design | undefined {
  if (!name.startsWith("order --pause '")) return undefined;
  const lists = [...name.matchAll(/--([a-z]+) '([^']*)'/g)].map(
    ([, list = '', words = '']) => [list, wordsOf(words)] as const,
  );
  return orderOf({ pause: [], resume: [], ...Object.fromEntries(lists) });
}

/** The steps of a list: a number belongs to the name before it. */
export function wordsOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+(?![0-9]+(?:\s|$))/)
    .filter((word) => word !== '');
}

/** What a list must have so that it does what it is for. */
const NEEDS: readonly (readonly [list: Side, step: string, why: string])[] = [
  ['pause', 'pause-vcpu', "stops no vCPU: it needs 'pause-vcpus'"],
  ['resume', 'run-vcpu', "lets no vCPU go on: it needs 'run-vcpus'"],
  ['save', 'save-memory', "saves nothing: it needs 'save-memory'"],
  ['restore', 'load-memory', "loads nothing: it needs 'load-memory'"],
  ['restore', 'run-vcpu', "lets no vCPU go on: it needs 'run-vcpus'"],
  ['migrate', 'move', "goes nowhere: it needs 'move'"],
  ['migrate', 'run-vcpu', "lets no vCPU go on: it needs 'run-vcpus'"],
];

/**
 * The design of a user's own steps.
 *
 * @throws {UsageError} for a step that does not exist, and for a list that does not do what it is for.
 */
export function orderOf(order: Order): Design {
  const { save, restore, migrate, guest } = order;
  for (const side of SIDES) {
    const context: Context = { side, vcpus: [], snapshot: 0, to: 0 };
    for (const name of order[side] ?? []) stepsOf(name, context);
  }
  for (const [list, step, why] of NEEDS) {
    const lacks = order[list]?.some((name) => name.startsWith(step)) === false;
    if (lacks) throw new UsageError(`--${list} ${why}.`);
  }
  const steps = (names: readonly string[], context: Partial<Context> & Pick<Context, 'side'>) => {
    const whole = { vcpus: [], snapshot: 0, to: 0, ...context };
    return names.flatMap((name) => stepsOf(name, whole));
  };
  return {
    name: nameOfOrder(order),
    statement: 'The steps that the user typed.',
    source: { title: 'the command line', url: 'https://docs.kernel.org/virt/kvm/api.html' },
    migrates: migrate !== undefined,
    stopErrorNs: { monotonic: 1n, boottime: 1n },
    breaks: [],
    pause: (vcpus) => steps(order.pause, { side: 'pause', vcpus }),
    resume: (vcpus) => steps(order.resume, { side: 'resume', vcpus }),
    ...(save === undefined
      ? undefined
      : { save: (vcpus, snapshot) => steps(save, { side: 'save', vcpus, snapshot }) }),
    ...(restore === undefined
      ? undefined
      : { restore: (vcpus, snapshot) => steps(restore, { side: 'restore', vcpus, snapshot }) }),
    ...(migrate === undefined
      ? undefined
      : { migrate: (vcpus, to) => steps(migrate, { side: 'migrate', vcpus, to }) }),
    ...(guest === undefined ? undefined : { guest: guestOf(guest) }),
  };
}
