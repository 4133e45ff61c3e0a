import type { About, Neighbour, OrderOutcome, OrderSteps } from '../contract/outcome.js';
import { banner, spentWords } from './check.js';
import { counterexampleLines } from './counterexample.js';
import { count, counted } from './numbers.js';
import { hang, paint, type Style } from './style.js';

/** The answer to "is my order of steps right?": the proof, and what would mend it. */
export function orderLines(
  about: About,
  outcome: OrderOutcome,
  search: string,
  style: Style,
): readonly string[] {
  const { check, steps, clocksource, shown, neighbours } = outcome;
  const example = shown === null ? undefined : check.counterexamples[shown];
  return [
    `${banner(about)}   seed ${check.seed}`,
    ...lists(steps, style),
    ...hang('guest    ', guestWords(steps, clocksource), style),
    '',
    ...(example === undefined ? [] : counterexampleLines(example, { search }, style)),
    ...(neighbours.length === 0 ? [] : ['', ...around(neighbours, style)]),
    '',
    ...others(outcome, style),
    ...hang('', `${spentWords(check)}: ${verdict(outcome)}`, style),
  ];
}

function lists(steps: OrderSteps, style: Style): readonly string[] {
  return (['pause', 'resume', 'save', 'restore', 'migrate'] as const).flatMap((list) => {
    const names = steps[list];
    return names === undefined ? [] : hang(list.padEnd(9), names.join(', '), style);
  });
}

function guestWords({ guest }: OrderSteps, clocksource: string): string {
  const does = guest === undefined ? 'nothing about it' : guest.join(', ');
  return `2 vCPUs, clocksource ${clocksource}, does ${does}`;
}

/** `set-clock before run-vcpus: still broken (run 6)`. */
export function around(neighbours: readonly Neighbour[], style: Style): readonly string[] {
  return [
    '  the same promise, if the steps are changed:',
    ...neighbours.flatMap(({ change, holds, runs }) => {
      const found = holds
        ? `holds in ${counted(runs, 'run')}`
        : `still broken (run ${count(runs)})`;
      return hang('    ', `${change}: ${paint(style, holds ? 'good' : 'bad', found)}`, style);
    }),
  ];
}

function others({ check, shown }: OrderOutcome, style: Style): readonly string[] {
  const broken = check.laws.filter(
    ({ verdict, counterexample }) => verdict === 'violated' && counterexample !== shown,
  );
  const names = broken.map(({ name }) => name).join(', ');
  return names === '' ? [] : hang('also broken   ', names, style);
}

function verdict({ check, neighbours }: OrderOutcome): string {
  const broken = check.laws.filter((law) => law.verdict === 'violated').length;
  if (broken === 0) return 'no promise broke';
  const mends = neighbours.filter(({ holds }) => holds).length;
  const help =
    mends === 0
      ? 'no change beside it helps'
      : mends === 1
        ? 'one change beside it mends it'
        : `${counted(mends, 'change')} beside it mend it`;
  return `${counted(broken, 'promise')} broken; ${help}`;
}
