import { match } from 'ts-pattern';
import type { Verdict } from '../contract/property.js';
import { counted } from './numbers.js';
import { paint, type Style, type Tone } from './style.js';

/** One law's line in a table of verdicts. */
export interface LawLine {
  readonly name: string;
  readonly verdict: Verdict['kind'];
  readonly witnesses: number;
  /** What to say beside a broken one, or instead of the witnesses. */
  readonly note: string | null;
  /** A known violation that does not fail the run. */
  readonly allowed: boolean;
}

/** The verdicts of a run, a law a line. */
export function lawTable(laws: readonly LawLine[], style: Style): readonly string[] {
  const width = Math.max(0, ...laws.map((law) => law.name.length));
  return laws.map((law) => {
    const [word, tone] = verdictWord(law);
    const detail = law.note ?? tested(law);
    return `  ${law.name.padEnd(width)}  ${paint(style, tone, word.padEnd(10))}  ${detail}`;
  });
}

/** `6 laws hold, 1 broken, 1 not tested`; what is zero goes unsaid. */
export function lawSummary(laws: readonly LawLine[]): string {
  const is = (kind: Verdict['kind'], allowed = false) =>
    laws.filter((law) => law.verdict === kind && law.allowed === allowed).length;
  const holding = is('holds') + is('holds', true);
  const vacuous = is('vacuous') + is('vacuous', true);
  const parts = [counted(holding, 'law holds', 'laws hold')];
  if (is('violated') > 0) parts.push(`${is('violated')} broken`);
  if (is('violated', true) > 0) parts.push(`${is('violated', true)} broken and allowed`);
  if (vacuous > 0) parts.push(`${vacuous} not tested`);
  return parts.join(', ');
}

function verdictWord({ verdict, allowed }: LawLine): readonly [string, Tone] {
  return match(verdict)
    .with('holds', () => ['holds', 'good'] as const)
    .with('vacuous', () => ['not tested', 'warn'] as const)
    .with('violated', () =>
      allowed ? (['allowed', 'warn'] as const) : (['BROKEN', 'bad'] as const),
    )
    .exhaustive();
}

function tested({ verdict, witnesses }: LawLine): string {
  return verdict === 'vacuous' ? '' : `tested ${counted(witnesses, 'time')}`;
}
