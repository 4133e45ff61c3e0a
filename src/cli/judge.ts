import { openTrace } from '../adapters/trace.js';
import { lawsNamed } from '../app/catalogue.js';
import { Hearing } from '../app/judge.js';
import type { KnownLimit } from '../contract/property.js';
import { judgeJson } from '../report/json.js';
import { type JudgeView, judgeLines } from '../report/recordings.js';
import { page } from '../report/style.js';
import { fromCwd, type Session } from './io.js';

export interface JudgeFlags {
  readonly law?: readonly string[];
  readonly eps?: bigint;
  readonly strict?: readonly KnownLimit[];
}

/** `tickproof judge FILE…`. */
export async function runJudge(
  { io, json, about, style }: Session,
  flags: JudgeFlags,
  files: readonly string[],
): Promise<number> {
  const laws = lawsNamed(flags.law);
  const views: JudgeView[] = [];
  for (const file of files) {
    const { header, machine, events } = await openTrace(fromCwd(io, file));
    const hearing = new Hearing(machine, {
      laws,
      strict: flags.strict ?? [],
      ...(flags.eps === undefined ? {} : { epsNs: flags.eps }),
    });
    for await (const event of events) hearing.observe(event);
    const outcome = hearing.outcome(file);
    const origin = `${header.host}, guest ${header.guestKernel}, recorded by ${header.recorder}`;
    views.push({ outcome, origin });
  }
  const outcomes = views.map(({ outcome }) => outcome);
  io.stdout(json ? judgeJson(about, outcomes) : page(style, judgeLines(about, views, laws, style)));
  const broken = outcomes.some(({ laws }) => laws.some(({ verdict }) => verdict === 'violated'));
  return broken ? 1 : 0;
}
