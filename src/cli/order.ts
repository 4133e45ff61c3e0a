import { ORDER_LISTS, order, orderClocksource, wordsOf } from '../app/order.js';
import { UsageError } from '../contract/errors.js';
import { orderJson } from '../report/json.js';
import { orderLines } from '../report/order.js';
import { page } from '../report/style.js';
import type { Session } from './io.js';
import { freshSeed, shellWord } from './options.js';
import { watch } from './progress.js';

export interface OrderFlags {
  readonly pause?: string;
  readonly resume?: string;
  readonly save?: string;
  readonly restore?: string;
  readonly migrate?: string;
  readonly guest?: string;
  readonly clocksource: string;
  readonly runs: number;
  readonly seed?: number;
  readonly maxCommands: number;
}

/** `tickproof order`. */
export async function runOrder(
  { io, json, about, style }: Session,
  flags: OrderFlags,
  _words: readonly string[],
): Promise<number> {
  const { runs, maxCommands } = flags;
  if (flags.pause === undefined || flags.resume === undefined) {
    throw new UsageError(
      'order needs both sides of a stop, for example:\n' +
        "  tickproof order --pause 'pause-vcpus get-clock' --resume 'set-clock run-vcpus'",
    );
  }
  const typed = ORDER_LISTS.flatMap((list) => {
    const text = flags[list];
    return text === undefined ? [] : [[list, text] as const];
  });
  const steps = {
    pause: [],
    resume: [],
    ...Object.fromEntries(typed.map(([list, text]) => [list, wordsOf(text)])),
  };
  const seed = flags.seed ?? freshSeed();
  const clocksource = orderClocksource(flags.clocksource);
  const { watching, interrupted, done } = watch(io);
  const outcome = await order({
    ...watching,
    order: steps,
    clocksource,
    seed,
    runs,
    maxCommands,
  }).finally(done);
  const again = typed.map(([list, text]) => `--${list} ${shellWord(text)}`);
  const search = ['tickproof order', ...again, '--clocksource', clocksource, '--seed', seed].join(
    ' ',
  );
  io.stdout(
    json ? orderJson(about, outcome) : page(style, orderLines(about, outcome, search, style)),
  );
  if (outcome.shown !== null) return 1;
  return interrupted() ? 2 : 0;
}
