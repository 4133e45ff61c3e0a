import { readCounterexample } from '../adapters/files.js';
import { lawsNamed } from '../app/catalogue.js';
import { replay } from '../app/replay.js';
import type { Counterexample } from '../contract/counterexample.js';
import { UsageError } from '../contract/errors.js';
import type { KnownLimit } from '../contract/property.js';
import { replayJson } from '../report/json.js';
import { type ReplayView, replayLines } from '../report/replay.js';
import { page } from '../report/style.js';
import { fromCwd, type Session } from './io.js';
import { REFERENCE, replayLine } from './request.js';
import { close, openSubject } from './subject.js';

export interface ReplayFlags {
  readonly strict?: readonly KnownLimit[];
}

/** `tickproof replay FILE… [SUBJECT]`. */
export async function runReplay(
  { io, json, about, style }: Session,
  flags: ReplayFlags,
  words: readonly string[],
): Promise<number> {
  const { files, subjectPath } = splitWords(words);
  const examples: { readonly file: string; readonly from: Counterexample }[] = [];
  for (const file of files) {
    const from = await readCounterexample(fromCwd(io, file));
    if (subjectPath === null) refuseUnknownSubject(file, from);
    examples.push({ file, from });
  }
  const subject = await openSubject(subjectPath === null ? null : fromCwd(io, subjectPath));
  const views: ReplayView[] = [];
  try {
    for (const { file, from } of examples) {
      const replayed = await replay(from, {
        laws: lawsNamed([from.property.name]),
        strict: flags.strict ?? [],
        ...(subject === undefined ? {} : { subject }),
      });
      const { fails, same, played } = replayed;
      const verdict = played.laws[0]?.verdict ?? { kind: 'vacuous' };
      const line = replayLine(file, subjectPath);
      views.push({ file, from, fails, same, events: played.events, verdict, replay: line });
    }
  } finally {
    await close(subject);
  }
  io.stdout(json ? replayJson(about, views) : page(style, replayLines(about, views, style)));
  return views.some((view) => view.fails) ? 1 : 0;
}

/** The last word is the subject where it is no JSON file. */
function splitWords(words: readonly string[]): {
  readonly files: readonly string[];
  readonly subjectPath: string | null;
} {
  const last = words.at(-1);
  if (words.length < 2 || last === undefined || last.endsWith('.json')) {
    return { files: words, subjectPath: null };
  }
  return { files: words.slice(0, -1), subjectPath: last === REFERENCE ? null : last };
}

/** A file never makes anything run: a subject of one's own is named on the command line again. */
function refuseUnknownSubject(file: string, { subject }: Counterexample): void {
  if (subject === REFERENCE || subject.startsWith(`${REFERENCE}+`)) return;
  throw new UsageError(
    `${file} is a counterexample of ${JSON.stringify(subject)}, which is not built in.\n` +
      `  Name its module again: ${replayLine(file, './path/to/your-subject.ts')}`,
  );
}
