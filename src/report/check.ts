import { KERNEL_VERSIONS } from '../contract/machine.js';
import type { About, CheckOutcome } from '../contract/outcome.js';
import { counterexampleLines, type ToType } from './counterexample.js';
import { type LawLine, lawSummary, lawTable } from './laws.js';
import { count, counted, elapsed } from './numbers.js';
import { hang, paint, type Style } from './style.js';

/** What was kept in a directory, and how it fared. */
export interface CorpusView {
  readonly directory: string;
  /** Files whose law is still broken. */
  readonly failing: readonly string[];
  /** Files that no longer fail. */
  readonly mended: readonly string[];
}

/** A search as its user asked for it, and what it gave. */
export interface CheckView {
  readonly about: About;
  readonly outcome: CheckOutcome;
  /** Reasons by law: known violations that do not fail the run. */
  readonly allowed: ReadonlyMap<string, string>;
  /** Laws that must not stay vacuous. */
  readonly required: readonly string[];
  readonly corpus: CorpusView | null;
  /** Per counterexample: its file, where one was written. */
  readonly files: readonly (string | null)[];
  /** Per counterexample: what to type to see it again. */
  readonly toType: readonly ToType[];
  readonly interrupted: boolean;
}

/** First line of a report: which tickproof, and which kernel it speaks of. */
export function banner({ version, kernel, kvm }: About): string {
  return `tickproof ${version}   core Linux ${kernel}, KVM rules ${kvm}`;
}

export function checkLines(view: CheckView, style: Style): readonly string[] {
  const { outcome } = view;
  const laws = lawLines(view);
  return [
    `${banner(view.about)}   seed ${outcome.seed}`,
    ...hang('', scopeWords(outcome), style),
    '',
    ...outcome.counterexamples.flatMap((example, at) => [
      ...counterexampleLines(example, view.toType[at] ?? { replay: null, search: null }, style),
      '',
    ]),
    ...lawTable(laws, style),
    '',
    ...corpusLines(view.corpus, style),
    ...cutLines(view, style),
    ...hang('', `${spentWords(outcome)}, seed ${outcome.seed}: ${lawSummary(laws)}`, style),
  ];
}

function scopeWords({ subject, design, faults }: CheckOutcome): string {
  const parts = [`subject ${subject}`, `design ${design ?? 'of each machine'}`];
  if (faults.length > 0) parts.push(`faults ${faults.join(', ')}`);
  parts.push(`Linux ${KERNEL_VERSIONS[0]} to ${KERNEL_VERSIONS.at(-1)}`);
  return parts.join(', ');
}

function lawLines({ outcome, allowed, required }: CheckView): readonly LawLine[] {
  return outcome.laws.map(({ name, verdict, witnesses, counterexample }) => {
    const reason = allowed.get(name);
    const example = counterexample === null ? undefined : outcome.counterexamples[counterexample];
    const parts: string[] = [];
    if (verdict === 'violated' && reason !== undefined) parts.push(reason);
    if (example !== undefined) parts.push(counted(example.schedule.commands.length, 'command'));
    if (verdict === 'vacuous' && required.includes(name)) parts.push('but --require asks for it');
    const note = parts.length === 0 ? null : parts.join(', ');
    return { name, verdict, witnesses, note, allowed: reason !== undefined };
  });
}

function corpusLines(corpus: CorpusView | null, style: Style): readonly string[] {
  if (corpus === null) return [];
  const { directory, failing, mended } = corpus;
  const total = counted(failing.length + mended.length, 'counterexample');
  return [
    ...hang(
      '',
      `corpus ${directory}: ${total} replayed, ${count(failing.length)} still fail`,
      style,
    ),
    ...mended.map((file) => `  no longer fails: ${file}`),
    '',
  ];
}

function cutLines({ outcome, interrupted }: CheckView, style: Style): readonly string[] {
  if (!outcome.cut && !interrupted) return [];
  const by = interrupted ? 'interrupted' : 'cut short by --time-limit';
  const text = `${by} after ${counted(outcome.runs, 'run')}: the seed alone does not repeat this result`;
  return [paint(style, 'warn', text), ''];
}

/** What a search cost. */
export function spentWords(outcome: {
  readonly runs: number;
  readonly commandsExecuted: number;
  readonly elapsedMs: number;
}): string {
  const { runs, commandsExecuted, elapsedMs } = outcome;
  const spent = [counted(runs, 'run'), counted(commandsExecuted, 'command'), elapsed(elapsedMs)];
  return spent.join(', ');
}
