import { check, conclude } from '../app/check.js';
import type { CheckOutcome } from '../contract/outcome.js';
import type { Subject } from '../contract/subject.js';
import { type CheckView, checkLines } from '../report/check.js';
import { checkJson } from '../report/json.js';
import { counted } from '../report/numbers.js';
import { page } from '../report/style.js';
import { type Combined, type Corpus, keepAll, replayCorpus, withCorpus } from './corpus.js';
import { fromCwd, type Session } from './io.js';
import { type Watch, watch } from './progress.js';
import {
  type CheckFlags,
  type CheckRequest,
  checkRequest,
  replayLine,
  searchLine,
} from './request.js';
import { close, openSubject } from './subject.js';
import { searchInThreads } from './workers.js';

/** `tickproof check [SUBJECT]`. */
export async function runCheck(
  session: Session,
  flags: CheckFlags,
  words: readonly string[],
): Promise<number> {
  const { io } = session;
  const request = checkRequest(flags, words);
  const path = request.subjectPath;
  const subject = await openSubject(path === null ? null : fromCwd(io, path));
  try {
    const corpus =
      flags.corpus === undefined ? null : await replayCorpus(io, flags.corpus, request, subject);
    const watching = watch(io);
    const found = await find(session, request, flags.jobs, subject, watching).finally(
      watching.done,
    );
    const combined = withCorpus(found, corpus?.failing ?? []);
    const files = await keepAll(io, combined, directories(flags));
    const interrupted = watching.interrupted();
    const view = viewOf(session, flags, request, { combined, corpus, files, interrupted });
    io.stdout(
      session.json ? checkJson(view) : page(session.style, checkLines(view, session.style)),
    );
    return exitCode(view, session);
  } finally {
    await close(subject);
  }
}

/** Searches on this thread or on several; the result is the same. */
async function find(
  { io }: Session,
  request: CheckRequest,
  jobs: number,
  subject: Subject | undefined,
  watching: Watch,
): Promise<CheckOutcome> {
  const options = {
    ...request.options,
    ...watching.watching,
    laws: request.laws,
    ...(subject === undefined ? {} : { subject }),
  };
  if (jobs === 1) return check(options);
  const beganMs = Date.now();
  const path = request.subjectPath;
  const merged = await searchInThreads(
    {
      subjectPath: path === null ? null : fromCwd(io, path),
      laws: request.laws.map((law) => law.name),
      options: request.options,
    },
    Math.min(jobs, request.options.runs),
    watching,
  );
  const outcome = await conclude(options, merged);
  return { ...outcome, elapsedMs: Date.now() - beganMs };
}

function directories({ report, corpus }: CheckFlags): readonly string[] {
  return [report, corpus].flatMap((each) => each ?? []);
}

function viewOf(
  { about }: Session,
  flags: CheckFlags,
  request: CheckRequest,
  got: {
    readonly combined: Combined;
    readonly corpus: Corpus | null;
    readonly files: readonly (string | null)[];
    readonly interrupted: boolean;
  },
): CheckView {
  const { combined, corpus, files, interrupted } = got;
  const search = searchLine(request, flags);
  return {
    about,
    outcome: combined.outcome,
    allowed: request.allowed,
    required: request.required,
    corpus: corpus && { ...corpus, failing: corpus.failing.map(({ file }) => file) },
    files,
    toType: files.map((file, at) => ({
      replay: file === null ? null : replayLine(file, request.subjectPath),
      search: combined.readFrom[at] === null ? search : null,
    })),
    interrupted,
  };
}

/** A broken promise outweighs one that nothing tested. */
function exitCode({ outcome, allowed, required, interrupted }: CheckView, { io }: Session): number {
  const broken = outcome.laws.some((law) => law.verdict === 'violated' && !allowed.has(law.name));
  const untested = outcome.laws.filter(
    (law) => law.verdict === 'vacuous' && required.includes(law.name),
  );
  for (const { name } of untested) {
    io.stderr(
      `--require ${name}: nothing put it to the test in ${counted(outcome.runs, 'run')}.\n`,
    );
  }
  if (broken) return 1;
  return untested.length > 0 || interrupted ? 2 : 0;
}
