import type { About, WorstOutcome, WorstRow } from '../contract/outcome.js';
import { banner } from './check.js';
import { machineWords } from './machine.js';
import { counted, elapsed } from './numbers.js';
import { scheduleLines } from './schedule.js';
import { hang, paint, type Style } from './style.js';

/** What came nearest to a bound, how it got there, and what came near to bounds of other magnitudes. */
export function worstLines(about: About, outcome: WorstOutcome, style: Style): readonly string[] {
  const { law, what, perNs, nearest, front, seed, runs, commandsExecuted, elapsedMs } = outcome;
  const size = `${counted(runs, 'run')}, ${counted(commandsExecuted, 'command')}`;
  const last = hang('', `${size}, ${elapsed(elapsedMs)}, seed ${seed}`, style);
  const head = [`${banner(about)}   seed ${seed}`, '', law, ''];
  if (nearest === null) {
    return [...head, paint(style, 'warn', '  nothing put it to the test'), '', ...last];
  }
  const { schedule } = nearest;
  return [
    ...head,
    ...hang('  largest  ', what, style),
    ...figures(nearest, perNs, style),
    ...(front.length > 1 ? ['', ...others(front.slice(1), perNs)] : []),
    '',
    ...hang('  machine  ', machineWords(schedule.machine), style),
    `  ${counted(schedule.commands.length, 'command')}`,
    ...scheduleLines(schedule.commands).flatMap((line, at) =>
      hang(`    ${String(at + 1).padStart(2)}  `, line, style),
    ),
    '',
    ...last,
  ];
}

function figures(row: WorstRow, perNs: bigint, style: Style): readonly string[] {
  const [value, bound] = [inNs(row.value, perNs), inNs(row.bound, perNs)];
  const width = Math.max(value.length, bound.length);
  const isBroken = row.value > row.bound;
  return [
    `  value    ${value.padStart(width)} ns`,
    `  bound    ${bound.padStart(width)} ns`,
    `  ratio    ${ratioWords(row)}${isBroken ? `  ${paint(style, 'bad', 'BROKEN')}` : ''}`,
  ];
}

function others(rows: readonly WorstRow[], perNs: bigint): readonly string[] {
  const cells = rows.map((row) => ({
    ratio: ratioWords(row),
    bound: `${inNs(row.bound, perNs)} ns`,
    commands: counted(row.schedule.commands.length, 'command'),
  }));
  const width = Math.max(...cells.map(({ bound }) => bound.length));
  return [
    '  beside   bounds of other magnitudes',
    ...cells.map(
      ({ ratio, bound, commands }) =>
        `           ${ratio.padEnd(8)} of ${bound.padStart(width)}  ${commands}`,
    ),
  ];
}

function ratioWords({ ratio }: WorstRow): string {
  return ratio === null ? 'none' : ratio.toFixed(6);
}

/** With three digits after the point, cut. */
export function inNs(value: bigint, perNs: bigint): string {
  const thousandths = ((value < 0n ? -value : value) * 1_000n) / perNs;
  const sign = value < 0n ? '-' : '';
  return `${sign}${thousandths / 1_000n}.${`${thousandths % 1_000n}`.padStart(3, '0')}`;
}
