import type { ConformOutcome } from '../../contract/outcome.js';
import type { Fields } from './fields.js';
import type { Line, Values } from './line.js';
import type { Outputs } from './readings.js';

const NOTHING = 'nothing';

/** Counts what differs between the recording and the model. */
export class Tally {
  mismatches = 0;
  /** Recorded values that the model has no counterpart of. */
  skipped = 0;
  first: ConformOutcome['first'] = null;

  compare(line: Line, field: string, expected: string, observed: string): void {
    if (expected === observed) return;
    this.mismatches++;
    this.first ??= { line: line.where.line, field, expected, observed };
  }

  /** Both ways: what one side has and the other lacks differs, too. */
  compareOutputs(line: Line, observed: Outputs): void {
    let recorded = 0;
    for (const [name, value] of observed) {
      const expected = line.out.get(name);
      if (expected !== undefined) recorded++;
      this.compare(line, name, expected ?? NOTHING, String(value));
    }
    this.skipped += line.out.size - recorded;
  }

  /** A part of a `dump`. */
  compareAll<From>(line: Line, part: string, fields: Fields<From>, all: Values, from: From): void {
    for (const [name, read] of fields) {
      this.compare(line, `${part}.${name}`, all.get(name) ?? NOTHING, String(read(from)));
    }
    this.skipped += Math.max(0, all.size - fields.length);
  }
}

/** The state as recorded so far: every line lists only what changed. */
export class ExpectedState<From> {
  private readonly expected: bigint[] = [];
  private readonly position: ReadonlyMap<string, number>;

  constructor(private readonly fields: Fields<From>) {
    this.position = new Map(fields.map(([name], index) => [name, index]));
  }

  /** @throws {SubjectError} where the first line leaves a field out */
  begin(line: Line): void {
    for (const [name] of this.fields) {
      if (!line.st.has(name))
        throw line.where.error(`st.${name}`, 'the first line lists every field');
    }
  }

  compare(line: Line, from: From, tally: Tally): void {
    for (const [name, value] of line.st) {
      const index = this.position.get(name);
      if (index === undefined) tally.skipped++;
      else this.expected[index] = BigInt(value);
    }
    this.fields.forEach(([name, read], index) => {
      const observed = read(from);
      const expected = this.expected[index];
      if (expected !== observed) tally.compare(line, name, String(expected), String(observed));
    });
  }
}
