import { conform } from '../app/conform.js';
import { UsageError } from '../contract/errors.js';
import { KERNEL_VERSIONS, type KernelVersion } from '../contract/machine.js';
import type { ConformOutcome } from '../contract/outcome.js';
import { conformJson } from '../report/json.js';
import { conformLines } from '../report/recordings.js';
import { page } from '../report/style.js';
import { fromCwd, type Session } from './io.js';
import { linesOf } from './lines.js';
import { quoted } from './options.js';

export interface ConformFlags {
  readonly kernel?: string;
}

/** `tickproof conform FILE…`. */
export async function runConform(
  { io, json, about, style }: Session,
  flags: ConformFlags,
  files: readonly string[],
): Promise<number> {
  const kernel = flags.kernel === undefined ? undefined : kernelNamed(flags.kernel);
  const outcomes: ConformOutcome[] = [];
  for (const file of files) {
    outcomes.push(conform(file, await linesOf(fromCwd(io, file)), kernel));
  }
  io.stdout(
    json ? conformJson(about, outcomes) : page(style, conformLines(about, outcomes, style)),
  );
  return outcomes.some(({ mismatches }) => mismatches > 0) ? 1 : 0;
}

/** @throws {UsageError} for a kernel that is not modelled. */
function kernelNamed(version: string): KernelVersion {
  const found = KERNEL_VERSIONS.find((each) => each === version);
  if (found !== undefined) return found;
  throw new UsageError(
    `--kernel ${quoted(version)}: this core is not modelled.\n` +
      `  Accepted: ${KERNEL_VERSIONS.join(', ')}.`,
  );
}
