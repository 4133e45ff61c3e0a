import type { Access, Program } from './program.js';

/** What a reader of the timekeeper needs, in the order it loads them. */
export const TIMEKEEPER_WORDS = ['cycleLast', 'mult', 'xtimeNsec', 'base'] as const;
export type TimekeeperWord = (typeof TIMEKEEPER_WORDS)[number];

/** What one read accepted; `seq` is the even number that it began and ended with. */
export interface AcceptedRead {
  readonly seq: bigint;
  readonly counter: bigint;
  readonly words: Readonly<Record<TimekeeperWord, bigint>>;
}

const SAMPLE: Access = { kind: 'counter' };
const LOAD_SEQ: Access = { kind: 'load', word: 'seq' };
const STORE_SEQ: Access = { kind: 'store', word: 'seq' };
const LOADS: readonly Access[] = TIMEKEEPER_WORDS.map((word) => ({ kind: 'load', word }));
const STORES: readonly Access[] = TIMEKEEPER_WORDS.map((word) => ({ kind: 'store', word }));

/**
 * The lockless reader of the timekeeper: spins while a writer is at work and reads again if one
 * came by. As ktime_get(), read_seqcount_begin() to read_seqcount_retry().
 *
 * @param counterFirst the bug of a counter read that was speculated above the sequence's load.
 */
export function* seqcountRead(counterFirst: boolean): Program<AcceptedRead> {
  for (;;) {
    let counter = counterFirst ? yield SAMPLE : 0n;
    const seq = yield LOAD_SEQ;
    if ((seq & 1n) !== 0n) continue;
    if (!counterFirst) counter = yield SAMPLE;
    const loaded: bigint[] = [];
    for (const load of LOADS) loaded.push(yield load);
    if ((yield LOAD_SEQ) !== seq) continue;
    const [cycleLast = 0n, mult = 0n, xtimeNsec = 0n, base = 0n] = loaded;
    return { seq, counter, words: { cycleLast, mult, xtimeNsec, base } };
  }
}

/**
 * The tick's writer: it samples the counter and computes on its shadow copy while readers run on
 * the old words, then publishes word by word with the sequence odd. As timekeeping_advance().
 *
 * The runner ends it after the sample where there is nothing to publish.
 */
export function* tickWrite(): Program<void> {
  yield SAMPLE;
  yield STORE_SEQ;
  for (const store of STORES) yield store;
  yield STORE_SEQ;
}
