import { counted } from './numbers.js';
import type { Gap, Row } from './rows.js';

/** Leaves dull stretches out until about `longest` rows stand; the evidence always stays, with its neighbours. */
export function elide(rows: readonly Row[], longest: number): readonly (Row | Gap)[] {
  if (rows.length <= longest) return rows;
  const kept = new Set<number>();
  rows.forEach((row, at) => {
    if (row.evidence) for (const near of [at - 1, at, at + 1]) kept.add(near);
  });
  for (const at of storyFirst(rows)) {
    if (kept.size >= longest) break;
    kept.add(at);
  }
  return withGaps(rows, kept);
}

/** The rows of the stop, those nearest to the evidence first. */
function storyFirst(rows: readonly Row[]): readonly number[] {
  const proofs = rows.flatMap((row, at) => (row.evidence ? [at] : []));
  const distance = (at: number) => Math.min(...proofs.map((proof) => Math.abs(proof - at)), at + 1);
  return rows
    .flatMap((row, at) => (row.weight === 'stop' ? [at] : []))
    .sort((a, b) => distance(a) - distance(b) || a - b);
}

function withGaps(rows: readonly Row[], kept: ReadonlySet<number>): readonly (Row | Gap)[] {
  const shown: (Row | Gap)[] = [];
  let left: Row[] = [];
  const close = () => {
    // A gap takes a line itself: one row left out saves nothing.
    if (left.length > 1) shown.push({ left: summary(left) });
    else shown.push(...left);
    left = [];
  };
  rows.forEach((row, at) => {
    if (!kept.has(at)) {
      left.push(row);
      return;
    }
    close();
    shown.push(row);
  });
  close();
  return shown;
}

function summary(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { noun } of rows) counts.set(noun, (counts.get(noun) ?? 0) + 1);
  return [...counts].map(([noun, n]) => counted(n, noun)).join(', ');
}
