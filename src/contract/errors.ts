/** The caller's mistake: says the value given, what is accepted, and the nearest name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The system under test, its adapter or a file broke the protocol: says where, and what is wrong there. */
export class SubjectError extends Error {
  override readonly name = 'SubjectError';
}

/** Ours. */
export class TickproofBug extends Error {
  override readonly name = 'TickproofBug';

  constructor(what: string) {
    super(`this is a bug in tickproof: ${what}`);
  }
}

/** The accepted name that is nearest to `given`, or undefined where none is near. */
export function nearest(given: string, accepted: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(3, given.length / 2);
  for (const name of accepted) {
    const distance = editDistance(given, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + change,
        ),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
