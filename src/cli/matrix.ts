import { designNamed, lawsNamed } from '../app/catalogue.js';
import { matrix } from '../app/matrix.js';
import type { MatrixOutcome } from '../contract/outcome.js';
import { matrixJson } from '../report/json.js';
import { differs, matrixLines, matrixMarkdown, needLines } from '../report/matrix.js';
import { page } from '../report/style.js';
import type { Session } from './io.js';
import { freshSeed } from './options.js';
import { watch } from './progress.js';
import { mustBeJudged } from './request.js';

export interface MatrixFlags {
  readonly design?: readonly string[];
  readonly law?: readonly string[];
  readonly need?: readonly string[];
  readonly runs: number;
  readonly seed?: number;
  readonly maxCommands: number;
  readonly markdown?: boolean;
}

/** `tickproof matrix`. */
export async function runMatrix(
  session: Session,
  flags: MatrixFlags,
  _words: readonly string[],
): Promise<number> {
  const laws = lawsNamed(flags.law);
  const designs = flags.design?.map((name) => designNamed(name).name);
  for (const name of flags.need ?? []) mustBeJudged('--need', name, laws);
  const { watching, interrupted, done } = watch(session.io);
  const outcome = await matrix({
    ...watching,
    seed: flags.seed ?? freshSeed(),
    runs: flags.runs,
    maxCommands: flags.maxCommands,
    laws,
    ...(designs === undefined ? {} : { designs }),
  }).finally(done);
  session.io.stdout(render(session, flags, outcome));
  if (outcome.designs.some((design) => design.cells.some(differs))) return 1;
  return interrupted() ? 2 : 0;
}

function render({ json, about, style }: Session, flags: MatrixFlags, outcome: MatrixOutcome) {
  if (json) return matrixJson(about, outcome, flags.need ?? null);
  if (flags.need !== undefined) return page(style, needLines(outcome, flags.need, style));
  if (flags.markdown === true) return page(style, matrixMarkdown(about, outcome));
  return page(style, matrixLines(about, outcome, style));
}
