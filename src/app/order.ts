import type { Scene } from '../contract/catalogue.js';
import { UsageError } from '../contract/errors.js';
import type { Neighbour, OrderOutcome } from '../contract/outcome.js';
import type { Ns } from '../contract/units.js';
import { CLOCKSOURCES } from '../generators/machine.js';
import type { Design } from '../model/designs/design.js';
import { nameOfOrder, type Order, orderOf } from '../model/designs/order.js';
import { lawNamed } from './catalogue.js';
import { check, onItsScene, type SearchOptions, search } from './check.js';
import { MATRIX_LAWS } from './matrix.js';

export { ORDER_LISTS, wordsOf } from '../model/designs/order.js';

const FOREVER: Ns = 1n << 62n;

/** What a guest may read: KVM_SET_CLOCK moves the first, MSR TSC the second, CNTVOFF the third. */
export const ORDER_CLOCKSOURCES = ['kvm-clock', 'tsc', 'arm'] as const;
export type OrderClocksource = (typeof ORDER_CLOCKSOURCES)[number];

export interface OrderOptions extends SearchOptions {
  readonly order: Order;
  readonly clocksource: OrderClocksource;
}

/**
 * Judges a user's own steps as the matrix would, and the orders around it by the first law that broke.
 *
 * The guest has two vCPUs with synchronised counters; a vCPU may read between any two steps.
 *
 * @throws {UsageError} for a step that does not exist.
 */
export async function order(options: OrderOptions): Promise<OrderOutcome> {
  const { order: steps, clocksource } = options;
  const outcome = await check({ ...checkOptions(steps, options), shrinks: 1 });
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
  const wanted = options.clocksource === 'arm' ? 'arch_sys_counter' : options.clocksource;
  const clocksource = CLOCKSOURCES.find(({ name }) => name === wanted);
  const { seed, runs, maxCommands } = options;
  const counterHz = clocksource === undefined ? 1n : clocksource.freq * clocksource.scale;
  const design: Design = {
    ...orderOf(steps),
    stopErrorNs: { monotonic: STOP_ERROR_NS, boottime: STOP_ERROR_NS },
    scene: {
      ...SCENE,
      ...(clocksource === undefined ? undefined : { clocksource }),
      kvmclock: null,
      stop: stopOf(steps),
      hosts: [
        { counterHz, counterBoot: 0n },
        { counterHz, counterBoot: AHEAD_SEC * counterHz },
      ],
      declared: { settleWithinNs: FOREVER },
    },
  };
  const on = onItsScene(design);
  return { ...{ seed, runs, maxCommands }, laws: MATRIX_LAWS, design: nameOfOrder(steps), on };
}

/** The counter of the second host is so far ahead: nothing that is left to it goes unseen. */
const AHEAD_SEC = 600n;

/** A stop of the kind that the most was typed for. */
function stopOf({ restore, save, migrate }: Order): Scene['stop'] {
  if (migrate !== undefined) return 'migrate';
  return restore === undefined && save === undefined ? 'pause' : 'save';
}

/** A change of one list, in words. */
interface Change {
  readonly text: string;
  readonly of: (steps: Order) => Order;
}

/** Lists of steps, those on the way back first. */
const LISTS = ['resume', 'restore', 'migrate', 'pause', 'save'] as const;
type List = (typeof LISTS)[number];
/** So many of them. */
const BACK = 3;

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
  const ways = LISTS.map((list) => swapsOf(list, steps));
  for (const swap of ways.flat()) await attempt(swap);
  if (!tried.some(({ holds }) => holds)) {
    const [back = [], out = []] = [ways.slice(0, BACK).flat(), ways.slice(BACK).flat()];
    for (const resume of back) for (const pause of out) await attempt(resume, pause);
  }
  for (const flag of LISTS.flatMap((list) => flagsOf(list, steps))) await attempt(flag);
  return tried;
}

/** Where a pause and a resume are not all that was typed, a change says of which list it is. */
function headOf(list: List, steps: Order): string {
  return LISTS.filter((each) => steps[each] !== undefined).length === 2 ? '' : `${list}: `;
}

/** Two neighbours of one list the other way round. */
function swapsOf(list: List, steps: Order): readonly Change[] {
  const names = steps[list] ?? [];
  return names.slice(1).flatMap((second, at): readonly Change[] => {
    const first = names[at] ?? '';
    if (first === second) return [];
    const swapped = names.with(at, second).with(at + 1, first);
    const text = `${headOf(list, steps)}${second} before ${first}`;
    return [{ text, of: (so) => ({ ...so, [list]: swapped }) }];
  });
}

/** A kind of step with its other flag, wherever the list has it. */
function flagsOf(list: List, steps: Order): readonly Change[] {
  const names = steps[list] ?? [];
  const verbs = [...new Set(names.map((name) => name.split(' ')[0] ?? ''))];
  return verbs.flatMap((verb): readonly Change[] => {
    const other = FLAGS[verb];
    if (other === undefined) return [];
    const changed = names.map((name) =>
      name.split(' ')[0] === verb ? name.replace(verb, other) : name,
    );
    const text = `${headOf(list, steps)}${other} for ${verb}`;
    return [{ text, of: (so) => ({ ...so, [list]: changed }) }];
  });
}

const FLAGS: Readonly<Record<string, string>> = {
  'set-clock': 'set-clock+realtime',
  'set-clock+realtime': 'set-clock',
  'set-tsc': 'set-tsc-offset',
  'set-tsc-offset': 'set-tsc',
  'set-tscs': 'set-tsc-offsets',
  'set-tsc-offsets': 'set-tscs',
  'set-cntvct': 'set-cntvct+realtime',
  'set-cntvct+realtime': 'set-cntvct',
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
    steps: changed,
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
