import { match } from 'ts-pattern';
import type { Verdict } from '../contract/property.js';
import { counted } from './numbers.js';
import { paint, type Style, type Tone, widthOf, wrap } from './style.js';

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

/** `not tested`. */
const VERDICT_WIDTH = 10;

/** The verdicts of a run, a law a line. */
export function lawTable(laws: readonly LawLine[], style: Style): readonly string[] {
  const width = Math.max(0, ...laws.map((law) => law.name.length));
  return laws.flatMap((law) => {
    const [word, tone] = verdictWord(law);
    const name = `  ${law.name.padEnd(width)}  `;
    const margin = name.length + VERDICT_WIDTH + 2;
    const [first = '', ...rest] = wrap(
      law.note ?? tested(law),
      Math.max(widthOf(style) - margin, 20),
    );
    return [
      `${name}${paint(style, tone, word.padEnd(VERDICT_WIDTH))}  ${first}`,
      ...rest.map((line) => `${' '.repeat(margin)}${line}`),
    ];
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
