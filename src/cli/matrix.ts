import { designNamed, lawsNamed } from '../app/catalogue.js';
import { DESIGN_NAMES, MATRIX_LAWS, type MatrixOptions, matrix, matrixOf } from '../app/matrix.js';
import type { MatrixOutcome } from '../contract/outcome.js';
import type { Property } from '../contract/property.js';
import { matrixJson } from '../report/json.js';
import { differs, matrixLines, matrixMarkdown } from '../report/matrix.js';
import { needLines } from '../report/need.js';
import { page } from '../report/style.js';
import type { Session } from './io.js';
import { rowsInThreads } from './matrix-workers.js';
import { freshSeed } from './options.js';
import { type Watch, watch } from './progress.js';
import { mustBeJudged } from './request.js';

export interface MatrixFlags {
  readonly design?: readonly string[];
  readonly law?: readonly string[];
  readonly need?: readonly string[];
  readonly runs: number;
  readonly seed?: number;
  readonly maxCommands: number;
  readonly markdown?: boolean;
  readonly jobs: number;
}

/** `tickproof matrix`. */
export async function runMatrix(
  session: Session,
  flags: MatrixFlags,
  _words: readonly string[],
): Promise<number> {
  const laws = flags.law === undefined ? MATRIX_LAWS : lawsNamed(flags.law);
  const designs = flags.design?.map((name) => designNamed(name).name) ?? DESIGN_NAMES;
  for (const name of flags.need ?? []) mustBeJudged('--need', name, laws);
  const watching = watch(session.io);
  const { runs, maxCommands } = flags;
  const options = { seed: flags.seed ?? freshSeed(), runs, maxCommands };
  const outcome = await played({ ...options, designs, laws }, flags.jobs, watching).finally(
    watching.done,
  );
  session.io.stdout(render(session, flags, outcome));
  // What was not played could not be judged: its cells differ, and say nothing.
  if (watching.interrupted()) return 2;
  return outcome.designs.some((design) => design.cells.some(differs)) ? 1 : 0;
}

/** On this thread or on several; the result is the same. */
async function played(
  options: MatrixOptions & {
    readonly designs: readonly string[];
    readonly laws: readonly Property[];
  },
  jobs: number,
  watching: Watch,
): Promise<MatrixOutcome> {
  const { designs, laws, ...plain } = options;
  const threads = Math.min(jobs, designs.length);
  if (threads === 1) return matrix({ ...options, ...watching.watching });
  const beganMs = Date.now();
  const task = { designs, laws: laws.map(({ name }) => name), options: plain };
  return matrixOf(await rowsInThreads(task, threads, watching), options, beganMs);
}

function render({ json, about, style }: Session, flags: MatrixFlags, outcome: MatrixOutcome) {
  if (json) return matrixJson(about, outcome, flags.need ?? null);
  if (flags.need !== undefined) return page(style, needLines(outcome, flags.need, style));
  if (flags.markdown === true) return page(style, matrixMarkdown(about, outcome));
  return page(style, matrixLines(about, outcome, style));
}
