import { designNamed } from '../app/catalogue.js';
import { worst } from '../app/worst.js';
import type { KnownLimit } from '../contract/property.js';
import { worstJson } from '../report/json.js';
import { page } from '../report/style.js';
import { worstLines } from '../report/worst.js';
import type { Session } from './io.js';
import { freshSeed } from './options.js';
import { watch } from './progress.js';
import { builtInFault } from './request.js';

export interface WorstFlags {
  readonly design?: string;
  readonly fault?: readonly string[];
  readonly strict?: readonly KnownLimit[];
  readonly runs: number;
  readonly seed?: number;
  readonly maxCommands: number;
  readonly timeLimit?: number;
}

/** `tickproof worst LAW`: 1 where the bound was passed, 2 where nothing put the law to the test. */
export async function runWorst(
  { io, json, about, style }: Session,
  flags: WorstFlags,
  [law = '']: readonly string[],
): Promise<number> {
  const faults = (flags.fault ?? []).map(builtInFault);
  const { watching, interrupted, done } = watch(io);
  const outcome = await worst(law, {
    ...watching,
    seed: flags.seed ?? freshSeed(),
    runs: flags.runs,
    maxCommands: flags.maxCommands,
    faults,
    strict: flags.strict ?? [],
    ...(flags.design === undefined ? {} : { design: designNamed(flags.design).name }),
    ...(flags.timeLimit === undefined ? {} : { timeLimitSec: flags.timeLimit }),
  }).finally(done);
  io.stdout(json ? worstJson(about, outcome) : page(style, worstLines(about, outcome, style)));
  const { nearest } = outcome;
  if (nearest === null) return 2;
  if (nearest.value > nearest.bound) return 1;
  return interrupted() ? 2 : 0;
}
