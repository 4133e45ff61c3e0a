import { faultNamed } from '../app/catalogue.js';
import { faults } from '../app/matrix.js';
import { faultsLines } from '../report/faults.js';
import { faultsJson } from '../report/json.js';
import { page } from '../report/style.js';
import type { Session } from './io.js';
import { freshSeed } from './options.js';
import { watch } from './progress.js';

export interface FaultsFlags {
  readonly fault?: readonly string[];
  readonly runs: number;
  readonly seed?: number;
  readonly maxCommands: number;
}

/** `tickproof faults`. */
export async function runFaults(
  { io, json, about, style }: Session,
  flags: FaultsFlags,
  _words: readonly string[],
): Promise<number> {
  const names = flags.fault?.map((name) => faultNamed(name).name);
  const { watching, interrupted, done } = watch(io);
  const outcome = await faults({
    ...watching,
    seed: flags.seed ?? freshSeed(),
    runs: flags.runs,
    maxCommands: flags.maxCommands,
    ...(names === undefined ? {} : { faults: names }),
  }).finally(done);
  io.stdout(json ? faultsJson(about, outcome) : page(style, faultsLines(about, outcome, style)));
  // A fault that an interrupted search did not reach has not survived it.
  if (interrupted()) return 2;
  return outcome.faults.some((fault) => fault.caughtBy.length === 0) ? 1 : 0;
}
