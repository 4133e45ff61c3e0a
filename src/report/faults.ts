import type { About, FaultRow, FaultsOutcome } from '../contract/outcome.js';
import { banner } from './check.js';
import { count, counted, elapsed } from './numbers.js';
import { hang, paint, type Style, widthOf } from './style.js';

/** Every fault: who caught it, after how many runs, and how small its counterexample became. */
export function faultsLines(about: About, outcome: FaultsOutcome, style: Style): readonly string[] {
  const { faults, seed, elapsedMs } = outcome;
  const survivors = faults.filter((fault) => fault.caughtBy.length === 0);
  const nameWidth = Math.max(5, ...faults.map((fault) => fault.name.length));
  const evaluations = faults.reduce((sum, fault) => sum + fault.evaluations, 0);
  const all = counted(faults.length, 'fault');
  return [
    `${banner(about)}   seed ${seed}`,
    '',
    `${'fault'.padEnd(nameWidth)}  ${HEADINGS}  caught by`,
    ...faults.flatMap((fault) => faultLines(fault, nameWidth, style)),
    '',
    ...hang(
      '',
      `${all}: ${faults.length - survivors.length} caught, ${survivors.length} survived; ` +
        `${counted(evaluations, 'evaluation')}, ${elapsed(elapsedMs)}, seed ${seed}`,
      style,
    ),
  ];
}

const HEADINGS = '  runs  commands  minimum';

function faultLines(fault: FaultRow, nameWidth: number, style: Style): readonly string[] {
  const number = (n: number | null, width: number) => (n === null ? '-' : count(n)).padStart(width);
  const figures = [number(fault.runs, 6), number(fault.commands, 8), number(fault.minimum, 7)];
  const head = `${fault.name.padEnd(nameWidth)}  ${figures.join('  ')}  `;
  if (fault.caughtBy.length === 0) return [`${head}${paint(style, 'bad', 'SURVIVED')}`];
  const laws = fault.caughtBy.join(', ');
  if (head.length + 20 <= widthOf(style)) return hang(head, laws, style);
  return [head, ...hang('    ', laws, style)];
}
