import { ORDER_LISTS, type Order, type OrderList } from '../model/designs/order.js';

/** A change of one list, in words. */
export interface Change {
  readonly text: string;
  readonly of: (steps: Order) => Order;
}

/** The lists in the order in which a swap is tried: where the VM goes on, then where it stops. */
const TRIED: readonly OrderList[] = ['resume', ...ORDER_LISTS.filter((list) => list !== 'resume')];

/** Two neighbours of one list the other way round, list by list. */
export function swapsOf(steps: Order): readonly (readonly Change[])[] {
  return TRIED.map((list) => swapsIn(list, steps)).filter((swaps) => swaps.length > 0);
}

function swapsIn(list: OrderList, steps: Order): readonly Change[] {
  const names = steps[list] ?? [];
  return names.slice(1).flatMap((second, at): readonly Change[] => {
    const first = names[at] ?? '';
    if (first === second) return [];
    const swapped = names.with(at, second).with(at + 1, first);
    return [change(list, steps, `${second} before ${first}`, swapped)];
  });
}

/** A kind of step with its other flag, wherever a list has it. */
export function flagsOf(steps: Order): readonly Change[] {
  return TRIED.flatMap((list) => {
    const names = steps[list] ?? [];
    const verbs = [...new Set(names.map(verbOf))];
    return verbs.flatMap((verb) =>
      (OTHER_FLAGS[verb] ?? []).map((other) => {
        const changed = names.map((name) =>
          verbOf(name) === verb ? name.replace(verb, other) : name,
        );
        return change(list, steps, `${other} for ${verb}`, changed);
      }),
    );
  });
}

/** Where a pause and a resume are not all there is, the change says of which list it is. */
function change(list: OrderList, steps: Order, text: string, names: readonly string[]): Change {
  const isPlain = ORDER_LISTS.filter((each) => steps[each] !== undefined).length === 2;
  return {
    text: isPlain ? text : `${list}: ${text}`,
    of: (so) => ({ ...so, [list]: names }),
  };
}

function verbOf(name: string): string {
  return name.split(' ')[0] ?? '';
}

const OTHER_FLAGS: Readonly<Record<string, readonly string[]>> = {
  'set-clock': ['set-clock+realtime'],
  'set-clock+realtime': ['set-clock'],
  'set-cntvct': ['set-cntvct+realtime'],
  'set-cntvct+realtime': ['set-cntvct'],
  ...offsets('set-tsc', 'set-tsc-offset', 'set-tsc-offset+forward'),
  ...offsets('set-tscs', 'set-tsc-offsets', 'set-tsc-offsets+forward'),
};

/** A TSC by its value, and by its offset, as it was or forward with kvmclock. */
function offsets(value: string, offset: string, forward: string): Record<string, string[]> {
  return { [value]: [offset], [offset]: [value, forward], [forward]: [offset] };
}
