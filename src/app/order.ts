import { PLAIN_SCENE, type Scene } from '../contract/catalogue.js';
import { nearest, UsageError } from '../contract/errors.js';
import type { ClocksourceSpec } from '../contract/machine.js';
import type { CheckOutcome, Neighbour, OrderOutcome } from '../contract/outcome.js';
import type { Ns } from '../contract/units.js';
import { CLOCKSOURCES } from '../generators/machine.js';
import type { Design } from '../model/designs/design.js';
import { nameOfOrder, type Order, orderOf } from '../model/designs/order.js';
import { TSC } from '../model/designs/scenes.js';
import { lawNamed } from './catalogue.js';
import { type CheckOptions, conclude, onItsScene, type SearchOptions, search } from './check.js';
import { MATRIX_LAWS } from './matrix.js';
import { type Change, flagsOf, swapsOf } from './order-around.js';

export { ORDER_LISTS, type Order, wordsOf } from '../model/designs/order.js';

/** What a guest may read: KVM_SET_CLOCK moves the first, MSR TSC the second, CNTVCT is the third. */
export const ORDER_CLOCKSOURCES = ['kvm-clock', 'tsc', 'arch_sys_counter'] as const;
export type OrderClocksource = (typeof ORDER_CLOCKSOURCES)[number];

export interface OrderOptions extends SearchOptions {
  readonly order: Order;
  readonly clocksource: OrderClocksource;
}

/**
 * Judges a user's own steps by the laws of the matrix, and the orders around it by the first law that broke.
 *
 * The guest has two vCPUs with synchronised counters; a vCPU may read between any two steps. It is paused
 * and resumed; where there is a list for it, also saved and restored, or moved to another host and back.
 *
 * @throws {UsageError} for a step that does not exist, and a list that does not do what it is for.
 */
export async function order(options: OrderOptions): Promise<OrderOutcome> {
  const { order: steps, clocksource } = options;
  const outcome = await judged(steps, options);
  const law = outcome.counterexamples[0]?.property.name;
  const neighbours = law === undefined ? [] : await around(steps, law, options);
  return {
    steps,
    clocksource,
    check: outcome,
    shown: law === undefined ? null : 0,
    neighbours,
  };
}

/** Every law, and the proof against the first that broke, in the order of the matrix: one is shrunk. */
async function judged(steps: Order, options: OrderOptions): Promise<CheckOutcome> {
  const beganMs = Date.now();
  const plain = { ...checkOptions(steps, options), laws: MATRIX_LAWS };
  const found = await search(plain);
  const shown = found.laws.filter((law) => law.firstRun !== null).slice(0, 1);
  const laws = MATRIX_LAWS.filter(({ name }) => shown.some((law) => law.name === name));
  const outcome = await conclude({ ...plain, laws }, { ...found, laws: shown });
  return {
    ...outcome,
    elapsedMs: Date.now() - beganMs,
    laws: found.laws.map(({ name, witnesses, firstRun }) => ({
      name,
      verdict: firstRun !== null ? 'violated' : witnesses === 0 ? 'vacuous' : 'holds',
      witnesses,
      counterexample: shown.some((law) => law.name === name) ? 0 : null,
    })),
  };
}

/**
 * Stops of any length, and a VMM that takes its time between two steps: what passes there is no error of
 * the order's, so the least that it may lead to is declared (laws.md, `stopError`).
 */
const STOP_ERROR_NS: Ns = 1_000_000n;
const STOPPED_NS = { least: 1n, most: 1n << 37n } as const;

function sceneOf(steps: Order, name: OrderClocksource): Partial<Scene> {
  const isSaved = steps.save !== undefined || steps.restore !== undefined;
  const clocksource = clocksourceOf(name);
  const isArm = name === 'arch_sys_counter';
  const counterHz = clocksource.freq * clocksource.scale;
  return {
    stop: steps.migrate !== undefined ? 'migrate' : isSaved ? 'save' : 'pause',
    stoppedNs: STOPPED_NS,
    clocksource,
    ...(isArm && {
      kvmclock: null,
      hosts: PLAIN_SCENE.hosts.map((host) => ({ ...host, counterHz })),
      // Set in whole cycles.
      declared: { counterPpb: 1n },
    }),
  };
}

function clocksourceOf(name: OrderClocksource): ClocksourceSpec {
  if (name === 'kvm-clock') return PLAIN_SCENE.clocksource;
  return CLOCKSOURCES.find((spec) => spec.name === name && name !== 'tsc') ?? TSC;
}

function checkOptions(steps: Order, options: OrderOptions): CheckOptions {
  const { seed, runs, maxCommands, onProgress, interrupted } = options;
  const design: Design = {
    ...orderOf(steps),
    stopErrorNs: { monotonic: STOP_ERROR_NS, boottime: STOP_ERROR_NS },
    scene: sceneOf(steps, options.clocksource),
  };
  return {
    ...{ seed, runs, maxCommands },
    ...(onProgress && { onProgress }),
    ...(interrupted && { interrupted }),
    design: nameOfOrder(steps),
    on: onItsScene(design),
  };
}

/** Each swap and each flag alone; where no swap helps, a swap in each of two lists together. */
async function around(
  steps: Order,
  law: string,
  options: OrderOptions,
): Promise<readonly Neighbour[]> {
  const tried: Neighbour[] = [];
  const attempt = async (...changes: readonly Change[]): Promise<void> => {
    if (options.interrupted?.() === true) return;
    tried.push(await neighbour(changes, steps, law, options));
  };
  const swaps = swapsOf(steps);
  for (const swap of swaps.flat()) await attempt(swap);
  if (!tried.some(({ holds }) => holds)) {
    for (const [first, second] of pairsOf(swaps)) await attempt(first, second);
  }
  for (const flag of flagsOf(steps)) await attempt(flag);
  return tried;
}

/** One swap of a list with one of a later list. */
function pairsOf(swaps: readonly (readonly Change[])[]): readonly (readonly [Change, Change])[] {
  return swaps.flatMap((firsts, at) =>
    firsts.flatMap((first) =>
      swaps
        .slice(at + 1)
        .flat()
        .map((second) => [first, second] as const),
    ),
  );
}

async function neighbour(
  changes: readonly Change[],
  steps: Order,
  law: string,
  options: OrderOptions,
): Promise<Neighbour> {
  const changed = changes.reduce((so, change) => change.of(so), steps);
  const { onProgress: _, ...plain } = checkOptions(changed, options);
  const found = await search({ ...plain, laws: [lawNamed(law)] });
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
  const near = nearest(name, ORDER_CLOCKSOURCES);
  throw new UsageError(
    `--clocksource ${JSON.stringify(name)}: accepted are ${ORDER_CLOCKSOURCES.join(', ')}.` +
      (near === undefined ? '' : `\n  Did you mean ${near}?`),
  );
}
