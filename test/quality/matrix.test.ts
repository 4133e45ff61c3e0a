import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/app/matrix.js';
import { replay } from '../../src/app/replay.js';
import type { MatrixCell, MatrixOutcome } from '../../src/contract/outcome.js';
import { DIFFERENT } from './different-cells.js';
import { SPECIFIED } from './specified-matrix.js';

/** The columns of the specification, and the laws that each is made of. */
const COLUMNS: readonly (readonly [column: string, laws: readonly string[]])[] = [
  ['M-', ['monotonic-never-decreases']],
  ['M+', ['monotonic-skips-stopped-time']],
  ['B', ['boottime-counts-stopped-time']],
  ['R', ['realtime-is-right-at-first-read', 'realtime-is-right-after-stop']],
  ['Sa', ['no-stale-read-after-resume']],
  ['Sb', ['stale-time-is-never-used']],
  ['Te', ['timer-never-fires-early']],
  ['Tl', ['timer-is-never-lost', 'timer-fires-once']],
  ['W', ['watchdogs-stay-quiet']],
  ['N', ['ntp-is-told']],
];

const outcome = await matrix({ seed: 1, runs: 600, maxCommands: 40 });

/** A row of the specification as the checker computes it. */
function rowOf({ designs }: MatrixOutcome, name: string): readonly string[] {
  const cells = designs.find((design) => design.name === name)?.cells ?? [];
  return COLUMNS.map(([column, laws]) => {
    const verdicts = laws.map((law) => cells.find((cell) => cell.law === law)?.verdict);
    if (column === 'R') return rightness(verdicts);
    if (verdicts.includes('violated')) return 'n';
    return verdicts.every((verdict) => verdict === 'vacuous') ? '-' : 'Y';
  });
}

function rightness([first, settled]: readonly (MatrixCell['verdict'] | undefined)[]): string {
  if (settled === 'violated') return 'n';
  if (first === 'violated') return 'Yw';
  return first === 'vacuous' && settled === 'vacuous' ? '-' : 'Ys';
}

const compared = SPECIFIED.flatMap(([design, row]) => {
  const computed = rowOf(outcome, design);
  return row.split(' ').map((specified, at) => ({
    cell: `${design} ${COLUMNS[at]?.[0]}`,
    specified,
    computed: computed[at] ?? 'missing',
  }));
});
const differing = compared.filter(({ specified, computed }) => specified !== computed);

describe('the matrix', () => {
  test('agrees with its specification in all cells but those that are argued', () => {
    const told = differing.map(({ cell, specified, computed }) => [cell, specified, computed]);
    expect(told).toEqual(
      DIFFERENT.map(({ cell, specified, computed }) => [cell, specified, computed]),
    );
  });

  test('differs in at most 20 cells, and agrees in at least 95 percent', () => {
    expect(differing.length).toBeLessThanOrEqual(20);
    expect(differing.length / compared.length).toBeLessThanOrEqual(0.05);
  });

  test('is what each design states', () => {
    const odd = outcome.designs.flatMap(({ name, cells }) =>
      cells
        .filter(({ verdict, expected }) => STATED[expected] !== verdict)
        .map(({ law, verdict, expected }) => `${name}: ${law} is ${verdict}, not ${expected}`),
    );
    expect(odd).toEqual([]);
  });

  test('replays each broken promise with the same violation', async () => {
    for (const { name, cells } of outcome.designs) {
      for (const { law, counterexample } of cells) {
        if (counterexample === null) continue;
        const { fails, same } = await replay(counterexample, {});
        expect({ fails, same }, `${name}: ${law}`).toEqual({ fails: true, same: true });
      }
    }
  });

  test('shows each broken promise in at most six commands', () => {
    const long = outcome.designs.flatMap(({ name, cells }) =>
      cells
        .filter(({ commands }) => (commands ?? 0) > 6)
        .map(({ law, commands }) => `${name}: ${law} in ${commands}`),
    );
    expect(long).toEqual([]);
  });
});

const STATED = { kept: 'holds', broken: 'violated', vacuous: 'vacuous' } as const;
