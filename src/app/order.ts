import type { Scene } from '../contract/catalogue.js';
import { UsageError } from '../contract/errors.js';
import type { Neighbour, OrderOutcome } from '../contract/outcome.js';
import type { Ns } from '../contract/units.js';
import { CLOCKSOURCES } from '../generators/machine.js';
import type { Design } from '../model/designs/design.js';
import { nameOfOrder, type Order, orderOf } from '../model/designs/order.js';
import { lawNamed } from './catalogue.js';
import { check, onItsScene, type SearchOptions, search } from './check.js';

export { wordsOf } from '../model/designs/order.js';

const FOREVER: Ns = 1n << 62n;

/** What a guest may read: KVM_SET_CLOCK moves the first, MSR TSC the second. */
export const ORDER_CLOCKSOURCES = ['kvm-clock', 'tsc'] as const;
export type OrderClocksource = (typeof ORDER_CLOCKSOURCES)[number];

export interface OrderOptions extends SearchOptions {
  readonly order: Order;
  readonly clocksource: OrderClocksource;
}

/**
 * Judges a user's own steps by all laws, and the orders around it by the first law that broke.
 *
 * The guest has two vCPUs with synchronised counters; a vCPU may read between any two steps.
 *
 * @throws {UsageError} for a step that does not exist.
 */
export async function order(options: OrderOptions): Promise<OrderOutcome> {
  const { order: steps, clocksource } = options;
  const outcome = await check(checkOptions(steps, options));
  const shown = outcome.counterexamples.length === 0 ? null : 0;
  const law = shown === null ? undefined : outcome.counterexamples[shown]?.property.name;
  const neighbours = law === undefined ? [] : await around(steps, law, options);
  return { steps, clocksource, check: outcome, shown, neighbours };
}

/**
 * Stops of any length, and a VMM that takes its time between two steps: what passes there is no error of
 * the order's, so the least that it may lead to is declared (laws.md, `stopError`).
 */
const SCENE: Partial<Scene> = {
  stoppedNs: { least: 1n, most: 1n << 37n },
  mostGapNs: 400_000n,
};
const STOP_ERROR_NS: Ns = 1_000_000n;

function checkOptions(steps: Order, options: OrderOptions): Parameters<typeof check>[0] {
  const clocksource = CLOCKSOURCES.find(({ name }) => name === options.clocksource);
  const { seed, runs, maxCommands } = options;
  const counterHz = clocksource === undefined ? 1n : clocksource.freq * clocksource.scale;
  const design: Design = {
    ...orderOf(steps),
    stopErrorNs: { monotonic: STOP_ERROR_NS, boottime: STOP_ERROR_NS },
    scene: {
      ...SCENE,
      ...(clocksource === undefined ? undefined : { clocksource }),
      kvmclock: null,
      hosts: [{ counterHz, counterBoot: 0n }],
      declared: { settleWithinNs: FOREVER },
    },
  };
  return { ...{ seed, runs, maxCommands }, design: nameOfOrder(steps), on: onItsScene(design) };
}

/** A change of one list, in words. */
interface Change {
  readonly text: string;
  readonly of: (steps: Order) => Order;
}

/** Each swap and each flag alone; where no swap helps, a swap on either side together. */
async function around(
  steps: Order,
  law: string,
  options: OrderOptions,
): Promise<readonly Neighbour[]> {
  const tried: Neighbour[] = [];
  const attempt = async (...changes: readonly Change[]): Promise<void> => {
    tried.push(await neighbour(changes, steps, law, options));
  };
  const swaps = { pause: swapsOf('pause', steps), resume: swapsOf('resume', steps) };
  for (const swap of [...swaps.resume, ...swaps.pause]) await attempt(swap);
  if (!tried.some(({ holds }) => holds)) {
    for (const resume of swaps.resume) {
      for (const pause of swaps.pause) await attempt(resume, pause);
    }
  }
  for (const flag of [...flagsOf('resume', steps), ...flagsOf('pause', steps)]) await attempt(flag);
  return tried;
}

/** Two neighbours of one list the other way round. */
function swapsOf(list: keyof Order, steps: Order): readonly Change[] {
  const names = steps[list];
  return names.slice(1).flatMap((second, at): readonly Change[] => {
    const first = names[at] ?? '';
    if (first === second) return [];
    const swapped = names.with(at, second).with(at + 1, first);
    return [{ text: `${second} before ${first}`, of: (so) => ({ ...so, [list]: swapped }) }];
  });
}

/** A kind of step with its other flag, wherever the list has it. */
function flagsOf(list: keyof Order, steps: Order): readonly Change[] {
  const names = steps[list];
  const verbs = [...new Set(names.map((name) => name.split(' ')[0] ?? ''))];
  return verbs.flatMap((verb): readonly Change[] => {
    const other = FLAGS[verb];
    if (other === undefined) return [];
    const changed = names.map((name) =>
      name.split(' ')[0] === verb ? name.replace(verb, other) : name,
    );
    return [{ text: `${other} for ${verb}`, of: (so) => ({ ...so, [list]: changed }) }];
  });
}

const FLAGS: Readonly<Record<string, string>> = {
  'set-clock': 'set-clock+realtime',
  'set-clock+realtime': 'set-clock',
  'set-tsc': 'set-tsc-offset',
  'set-tsc-offset': 'set-tsc',
};

async function neighbour(
  changes: readonly Change[],
  steps: Order,
  law: string,
  options: OrderOptions,
): Promise<Neighbour> {
  const changed = changes.reduce((so, change) => change.of(so), steps);
  const laws = [lawNamed(law)];
  const found = await search({ ...checkOptions(changed, options), laws });
  const [result] = found.laws;
  const broken = result?.firstRun ?? null;
  return {
    change: changes.map(({ text }) => text).join(' and '),
    ...changed,
    holds: broken === null,
    runs: broken === null ? found.runs : broken + 1,
  };
}

/** @throws {UsageError} */
export function orderClocksource(name: string): OrderClocksource {
  const found = ORDER_CLOCKSOURCES.find((each) => each === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `--clocksource ${JSON.stringify(name)}: accepted are ${ORDER_CLOCKSOURCES.join(', ')}.`,
  );
}
