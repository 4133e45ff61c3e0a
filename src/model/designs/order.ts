import { UsageError } from '../../contract/errors.js';
import type { Design, GuestSide } from './design.js';
import { guestSideOf } from './order-guest.js';
import { type StepsOf, stepsOf, wordsOf } from './order-steps.js';

export { STEP_NAMES, wordsOf } from './order-steps.js';

/** A user's own steps around a stop, by their public names. */
export interface Order {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
  /** From a stopped VM to a snapshot; left out: `save-memory`. */
  readonly save?: readonly string[];
  /** Left out: `load-memory`, and the steps of `resume`. */
  readonly restore?: readonly string[];
  /** From a stopped VM to one that runs elsewhere; left out: the VM stays on its host. */
  readonly migrate?: readonly string[];
  /** What the guest does about it, in words of {@link GUEST_WORDS}, or by the name of a design; left out: nothing. */
  readonly guest?: readonly string[];
}

/** The lists of an order, as they are typed: `--pause '…'`. */
export const ORDER_LISTS = ['pause', 'resume', 'save', 'restore', 'migrate'] as const;
export type OrderList = (typeof ORDER_LISTS)[number];

const FLAGS = [...ORDER_LISTS, 'guest'] as const;

/** `order --pause 'A B' --resume 'C D'`: what a machine of a schedule is said to follow. */
export function nameOfOrder(order: Order): string {
  const flags = FLAGS.flatMap((flag) => {
    const words = order[flag];
    return words === undefined ? [] : [`--${flag} '${words.join(' ')}'`];
  });
  return ['order', ...flags].join(' ');
}

const NAME = new RegExp(`^order(?: --(?:${FLAGS.join('|')}) '[^']*')+$`);

/** The other way round. @returns undefined: the name is none of an order. @throws as {@link orderOf} */
export function orderOfName(name: string): Design | undefined {
  if (!NAME.test(name)) return undefined;
  const flags = new Map<string, readonly string[]>();
  for (const [, flag = '', text = ''] of name.matchAll(/ --([a-z]+) '([^']*)'/g)) {
    flags.set(flag, wordsOf(text));
  }
  const lists = Object.fromEntries(flags) as Partial<Order>; // the names are those of its fields
  return orderOf({ ...lists, pause: lists.pause ?? [], resume: lists.resume ?? [] });
}

/**
 * The design of a user's own steps.
 *
 * @throws {UsageError} for a step that does not exist, for a stop that stops nothing, a vCPU that is
 * not let go again, a save, restore or move that is none, and a guest of another kind.
 */
export function orderOf(order: Order): Design {
  for (const list of ORDER_LISTS) mustMakeSense(list, order[list]);
  const { pause, resume, save, restore, migrate } = order;
  const guest: GuestSide | undefined =
    order.guest === undefined ? undefined : guestSideOf(order.guest);
  const of = (names: readonly string[], about: StepsOf) =>
    names.flatMap((name) => stepsOf(name, about));
  return {
    name: nameOfOrder(order),
    statement: 'The steps that the user typed.',
    source: { title: 'the command line', url: 'https://docs.kernel.org/virt/kvm/api.html' },
    migrates: migrate !== undefined,
    stopErrorNs: { monotonic: 1n, boottime: 1n },
    breaks: [],
    pause: (vcpus) => of(pause, { vcpus }),
    resume: (vcpus) => of(resume, { vcpus }),
    ...(save && { save: (vcpus, snapshot) => of(save, { vcpus, snapshot }) }),
    ...(restore && { restore: (vcpus, snapshot) => of(restore, { vcpus, snapshot }) }),
    ...(migrate && { migrate: (vcpus, to) => of(migrate, { vcpus, to }) }),
    ...(guest && { guest }),
  };
}

/** What each list cannot be without: its step, what is wrong without it, and a name to type. */
const NEEDS: Readonly<Record<OrderList, readonly (readonly [RegExp, string, string])[]>> = {
  pause: [[/^pause-vcpu/, 'stops no vCPU', 'pause-vcpus']],
  resume: [[/^run-vcpu/, 'lets no vCPU go on', 'run-vcpus']],
  save: [[/^save-memory$/, 'saves nothing', 'save-memory']],
  restore: [
    [/^load-memory$/, 'loads nothing', 'load-memory'],
    [/^run-vcpu/, 'lets no vCPU go on', 'run-vcpus'],
  ],
  migrate: [
    [/^move$/, 'moves nothing', 'move'],
    [/^run-vcpu/, 'lets no vCPU go on', 'run-vcpus'],
  ],
};

/** @throws {UsageError} */
function mustMakeSense(list: OrderList, names: readonly string[] | undefined): void {
  if (names === undefined) return;
  for (const name of names) stepsOf(name, { vcpus: [] });
  for (const [step, wrong, wanted] of NEEDS[list]) {
    if (!names.some((name) => step.test(name))) {
      throw new UsageError(`--${list} ${wrong}: it needs '${wanted}'.`);
    }
  }
}
