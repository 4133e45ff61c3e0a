import { match } from 'ts-pattern';
import type { About, ExploredProgram, ExploredRun } from '../contract/outcome.js';
import { banner } from './check.js';
import { count, counted } from './numbers.js';
import { hang, paint, type Style, widthOf, wrap } from './style.js';

/** What exploring came to: a table, or for a single program its story. */
export function exploreLines(
  about: About,
  programs: readonly ExploredProgram[],
  isAsDeclared: (program: ExploredProgram) => boolean,
  style: Style,
): readonly string[] {
  const names = [...new Set(programs.map(({ name }) => name))];
  const surprises = programs.filter((program) => !isAsDeclared(program));
  const shown = names.length === 1 ? programs : surprises;
  return [
    banner(about),
    '',
    ...(names.length === 1 ? [] : [...table(names, programs, style), '']),
    ...shown.flatMap((program) => [...story(program, isAsDeclared(program), style), '']),
    summary(programs, surprises),
  ];
}

function table(
  names: readonly string[],
  programs: readonly ExploredProgram[],
  style: Style,
): readonly string[] {
  const memories = [...new Set(programs.map(({ memory }) => memory))];
  const width = Math.max(...names.map((name) => name.length), 'program'.length);
  const cell = (name: string, memory: string) => {
    const found = programs.find((each) => each.name === name && each.memory === memory);
    return found === undefined ? '' : short(found);
  };
  const line = (first: string, rest: readonly string[]) =>
    `  ${first.padEnd(width)}${rest.map((text) => `  ${text.padEnd(CELL)}`).join('')}`;
  return [
    paint(style, 'dim', line('program', memories)),
    ...names.map((name) =>
      line(
        name,
        memories.map((memory) => cell(name, memory)),
      ),
    ),
  ];
}

const CELL = 'holds 17,913'.length;

/** `holds 256` (executions), `broken in 6` (steps). */
function short({ verdict, executions, commands, counterexample }: ExploredProgram): string {
  return match(verdict)
    .with('holds', () => `holds ${count(executions)}`)
    .with(
      'violated',
      () => `broken in ${counterexample?.isShortest === false ? '<=' : ''}${commands}`,
    )
    .with('cut', () => `cut ${count(executions)}`)
    .exhaustive();
}

function story(program: ExploredProgram, isAsDeclared: boolean, style: Style): readonly string[] {
  const { name, memory, statement, source, expected, verdict, counterexample } = program;
  const head = match(verdict)
    .with('holds', () => paint(style, 'good', `${name} on ${memory}: no law breaks`))
    .with('violated', () => paint(style, 'bad', `${name} on ${memory}: ${counterexample?.law}`))
    .with('cut', () => paint(style, 'warn', `${name} on ${memory}: not all was explored`))
    .exhaustive();
  const surprise =
    verdict === 'cut'
      ? 'A larger --limit explores more.'
      : `It declares that it is ${expected === 'holds' ? '' : 'not '}sound there.`;
  return [
    head,
    ...hang('  ', statement, style),
    ...hang('  source    ', `${source.title} ${source.url}`, style),
    ...hang('  explored  ', exploredText(program), style),
    ...hang('  laws      ', lawsText(program), style),
    ...(isAsDeclared ? [] : hang('  ! ', surprise, style)),
    ...(counterexample === null ? [] : ['', ...runLines(counterexample, style)]),
    '',
    ...listingLines(program, style),
  ];
}

function exploredText(program: ExploredProgram): string {
  const { readers, writes, migrations, tries, executions, complete, finalStates } = program;
  const bounds = `readers ${readers}, writes ${writes}, migrations ${migrations}, rounds ${tries}`;
  const all = complete ? 'complete' : 'cut at the limit';
  return `${count(executions)} executions, ${count(finalStates)} final states, ${all}; ${bounds}`;
}

function lawsText({ laws }: ExploredProgram): string {
  return laws
    .filter(({ verdict }) => verdict !== 'vacuous')
    .map(({ name, verdict, witnesses }) =>
      verdict === 'holds' ? `${name} holds (${count(witnesses)})` : `${name} BREAKS`,
    )
    .join(', ');
}

/** One lane a thread, a line a step; barriers and what is accepted stand under the step before them. */
function runLines(run: ExploredRun, style: Style): readonly string[] {
  const { threads, steps, violation, isShortest } = run;
  const width = Math.max(16, Math.floor((widthOf(style) - 8) / threads.length) - 2);
  const last = Math.max(...steps.map(({ step }) => step ?? 0));
  return [
    ...hang('  expected  ', violation.expected, style),
    ...hang('  observed  ', violation.observed, style),
    '',
    `  step  ${threads.map((thread) => thread.padEnd(width)).join('  ')}`,
    ...steps.flatMap((told) => {
      const value = told.value === null ? '' : ` = ${told.value}`;
      const number = told.step === null ? '' : `${told.step}`;
      return wrap(`${told.text}${value}`, width).map((line, at) => {
        const lane = threads.indexOf(told.thread);
        const cells = threads.map((_, each) => (each === lane ? line : '').padEnd(width));
        return `  ${(at === 0 ? number : '').padStart(4)}  ${cells.join('  ')}`;
      });
    }),
    '',
    isShortest
      ? `  No run with fewer than ${last} steps breaks a law.`
      : `  The search for a run with fewer than ${last} steps met its limit.`,
  ];
}

/** The text of each thread, beside the others. */
function listingLines({ listings }: ExploredProgram, style: Style): readonly string[] {
  return [
    '  the text of each thread, as it runs alone:',
    ...listings.flatMap(({ thread, steps }) => hang(`    ${thread}: `, steps.join('; '), style)),
  ];
}

function summary(
  programs: readonly ExploredProgram[],
  surprises: readonly ExploredProgram[],
): string {
  const executions = programs.reduce((sum, program) => sum + program.executions, 0);
  const isCut = ({ verdict }: ExploredProgram) => verdict === 'cut';
  const parts = [
    named(
      'not as declared',
      surprises.filter((program) => !isCut(program)),
    ),
    named('not explored to the end', surprises.filter(isCut)),
  ].filter((part) => part !== '');
  const outcome = parts.length === 0 ? 'all as declared' : parts.join('; ');
  return `${counted(programs.length, 'exploration')}, ${count(executions)} executions: ${outcome}.`;
}

function named(what: string, programs: readonly ExploredProgram[]): string {
  const names = programs.map(({ name, memory }) => `${name} on ${memory}`).join(', ');
  return programs.length === 0 ? '' : `${programs.length} ${what}: ${names}`;
}
