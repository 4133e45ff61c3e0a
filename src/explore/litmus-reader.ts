import type { Accepted, Act, Thread } from '../programs/concurrent.js';
import { fenceOf, nameOf, unsayable, type Values } from './litmus.js';
import { COUNTER_WORD } from './memory.js';

/** What one round loaded: the word behind each register, and its value. */
type Loaded = readonly { readonly word: string; readonly value: bigint }[];

/** A way through one round, and what it ended with. */
interface Leaf {
  readonly loaded: Loaded;
  readonly accepted: readonly Accepted[];
}

/** More values than this, over all loads of a round, make no test that a person reads. */
const MOST_LEAVES = 5000;

/**
 * One round of a reader as C: what it does next is found by running it with every value that a load
 * can give, and written as `if` only where it differs.
 */
export class LitmusReader {
  readonly lines: readonly string[];
  registers = 0;
  usesCounter = false;
  private readonly leaves: Leaf[] = [];

  constructor(
    private readonly thread: Thread,
    private readonly values: Values,
    private readonly refuse: (what: string) => never,
  ) {
    this.lines = this.from([], '\t');
  }

  /** The outcomes in which a reader accepts words that are not of one publication, as conditions. */
  torn(at: number): readonly string[] {
    const torn = this.leaves.filter(({ loaded, accepted }) =>
      accepted.some((each) => this.isTorn(each, loaded)),
    );
    if (torn.length === 0) return this.refuse('no values that it could load would be torn');
    const counters = this.values.get(COUNTER_WORD)?.size ?? 1;
    const byRest = new Map<string, string[]>();
    for (const { loaded } of torn) {
      const rest = conditionsOf(at, loaded, ({ word }) => word !== COUNTER_WORD);
      byRest.set(rest, [...(byRest.get(rest) ?? []), conditionsOf(at, loaded, () => true)]);
    }
    // Where it is torn with every sample of the counter, the sample says nothing.
    return [...byRest].flatMap(([rest, whole]) =>
      this.usesCounter && whole.length < counters ? whole : [rest],
    );
  }

  private isTorn({ words }: Accepted, loaded: Loaded): boolean {
    const versions = words.map((word) => {
      const last = loaded.findLast((each) => each.word === word);
      return last === undefined ? undefined : this.values.get(word)?.get(last.value);
    });
    const known = versions.filter((each) => each !== undefined);
    const [some] = known;
    if (some === undefined) return false;
    return ![...some].some((version) => known.every((each) => each.has(version)));
  }

  /** The lines that follow what was loaded. */
  private from(loaded: Loaded, indent: string): readonly string[] {
    const { acts, next } = this.replay(loaded);
    const lines = acts.flatMap((act) =>
      act.kind === 'fence' ? [`${indent}${fenceOf(act.fence)};`] : [],
    );
    if (next === undefined) {
      const accepted = this.acceptedBy(loaded);
      this.leaves.push({ loaded, accepted });
      if (this.leaves.length > MOST_LEAVES) return this.refuse('it has too many outcomes');
      return lines;
    }
    const word = next.kind === 'counter' ? COUNTER_WORD : next.word;
    if (next.kind === 'counter') this.usesCounter = true;
    const register = loaded.length;
    this.registers = Math.max(this.registers, register + 1);
    lines.push(`${indent}r${register} = ${loadOf(next)};`);
    const values = [...(this.values.get(word)?.keys() ?? [])];
    const branches = new Map<string, bigint[]>();
    for (const value of values) {
      const text = this.from([...loaded, { word, value }], `${indent}\t`).join('\n');
      branches.set(text, [...(branches.get(text) ?? []), value]);
    }
    const [[same] = ['']] = [...branches];
    if (branches.size === 1) {
      const outdented = same.split('\n').map((line) => line.replace(/^\t/, ''));
      return [...lines, ...(same === '' ? [] : outdented)];
    }
    for (const [text, of] of branches) {
      if (text === '') continue;
      // herd7 knows `|` and not `||`; between comparisons they mean the same.
      const condition = of.map((value) => `(r${register} == ${value})`).join(' | ');
      lines.push(`${indent}if (${condition}) {`, text, `${indent}}`);
    }
    return lines;
  }

  /** What the reader does after its last load, and the load that it waits for; undefined: the round is over. */
  private replay(loaded: Loaded): { readonly acts: readonly Act[]; readonly next?: Load } {
    const body = this.thread.body();
    let acts: Act[] = [];
    let given = 0n;
    let taken = 0;
    for (;;) {
      const { done, value: act } = body.next(given);
      if (done === true || act.kind === 'relax') return { acts };
      given = 0n;
      if (act.kind === 'load' || act.kind === 'counter') {
        const answer = loaded[taken++];
        if (answer === undefined) return { acts, next: act };
        given = answer.value;
        acts = [];
      } else if (act.kind === 'fence' || act.kind === 'accept') acts.push(act);
      else this.refuse(unsayable(act));
    }
  }

  private acceptedBy(loaded: Loaded): readonly Accepted[] {
    const body = this.thread.body();
    const accepted: Accepted[] = [];
    let given = 0n;
    let taken = 0;
    for (;;) {
      const { done, value: act } = body.next(given);
      if (done === true || act.kind === 'relax') return accepted;
      if (act.kind === 'accept') accepted.push(act);
      const isLoad = act.kind === 'load' || act.kind === 'counter';
      given = isLoad ? (loaded[taken++]?.value ?? 0n) : 0n;
    }
  }
}

function conditionsOf(
  at: number,
  loaded: Loaded,
  isTold: (each: Loaded[number]) => boolean,
): string {
  const conditions = loaded.flatMap((each, register) =>
    isTold(each) ? [`${at}:r${register}=${each.value}`] : [],
  );
  return `(${conditions.join(' /\\ ')})`;
}

type Load = Extract<Act, { readonly kind: 'load' | 'counter' }>;

function loadOf(act: Load): string {
  if (act.kind === 'counter') return 'READ_ONCE(*counter)';
  const name = nameOf(act.word);
  return act.order === 'acquire' ? `smp_load_acquire(${name})` : `READ_ONCE(*${name})`;
}
