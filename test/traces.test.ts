import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTrace } from '../src/adapters/trace.js';
import type { Declared } from '../src/contract/machine.js';
import { LAWS } from '../src/properties/index.js';
import { judgeEvents } from '../src/runner/play.js';

const directory = fileURLToPath(new URL('traces/', import.meta.url));
const example = fileURLToPath(new URL('../examples/03-a-recorded-trace/', import.meta.url));

type Verdicts = Readonly<Record<string, { readonly verdict: string; readonly because: string }>>;

interface Expected {
  readonly files: Readonly<
    Record<string, { readonly laws: Verdicts; readonly eps0?: Verdicts | undefined }>
  >;
}

const expected: Expected = JSON.parse(readFileSync(`${directory}expected.json`, 'utf8'));

/** Law → verdict, of the laws that `wanted` names. */
async function verdictsOf(name: string, wanted: Verdicts, eps0: boolean) {
  const { machine, events } = await readTrace(`${directory}${name}.jsonl.gz`);
  const declared = eps0 ? withoutEps(machine.declared) : machine.declared;
  const verdicts = judgeEvents(events, LAWS, {
    machine: { ...machine, declared },
    declared,
    strict: new Set(),
  });
  const all = LAWS.map((law, at) => {
    const verdict = verdicts[at];
    const why = verdict?.kind === 'violated' ? `: ${verdict.violation.observed}` : '';
    return { name: law.name, kind: verdict?.kind ?? 'not judged', why };
  });
  return all.filter((each) => each.name in wanted);
}

const NOT_BROKEN = { verdict: 'not broken', because: 'a sound clock' };

/** As `--eps 0`: no error of a stop, no grid of the clock that measures a sleep. */
function withoutEps(declared: Declared): Declared {
  return { ...declared, stopErrorNs: { monotonic: 0n, boottime: 0n }, rtcResolutionNs: 0n };
}

describe('the recordings of real guests', () => {
  test('each have their expectations, and there are no others', () => {
    const files = readdirSync(directory).filter((name) => name.endsWith('.jsonl.gz'));
    expect(files.sort()).toEqual(
      Object.keys(expected.files)
        .map((name) => `${name}.jsonl.gz`)
        .sort(),
    );
  });

  test('are expected to say something of each of these laws', () => {
    const laws = LAWS.map((law) => law.name);
    for (const { laws: wanted } of Object.values(expected.files)) {
      expect(laws).toEqual(expect.arrayContaining(Object.keys(wanted)));
    }
  });

  test.each(Object.entries(expected.files))('%s is judged as expected', async (name, { laws }) => {
    const verdicts = await verdictsOf(name, laws, false);
    expect(verdicts).toHaveLength(Object.keys(laws).length);
    const differing = verdicts.filter((each) => each.kind !== laws[each.name]?.verdict);
    expect(differing).toEqual([]);
  });

  // The recordings behave like Linux in all that nobody foresaw: the clock of the guest was not broken.
  test.each(Object.entries(expected.files))('%s breaks no other law', async (name, { laws }) => {
    const others = Object.fromEntries(
      LAWS.filter((law) => !(law.name in laws)).map((law) => [law.name, NOT_BROKEN]),
    );
    const verdicts = await verdictsOf(name, others, false);
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts.filter((each) => each.kind === 'violated')).toEqual([]);
  });

  test.each(Object.entries(expected.files))(
    '%s is judged as expected with --eps 0',
    async (name, { laws, eps0 }) => {
      const wanted = { ...laws, ...eps0 };
      const verdicts = await verdictsOf(name, wanted, true);
      const differing = verdicts.filter((each) => each.kind !== wanted[each.name]?.verdict);
      expect(differing).toEqual([]);
    },
  );
});

interface Sample {
  readonly earliest: bigint;
  readonly latest: bigint;
  readonly from: bigint;
  readonly to: bigint;
}

interface Rate {
  readonly lowest: number;
  readonly highest: number;
}

interface RateModule {
  rateOf(stretches: readonly (readonly Sample[])[], nominal: number): Rate;
  whenShown(
    count: bigint,
    samples: readonly Sample[],
    rate: Rate,
    nominal: number,
  ): Pick<Sample, 'earliest' | 'latest'>;
}

describe('the converter of the example', () => {
  test('bounds the rate of a counter, and when it showed a value, from both sides', async () => {
    const { rateOf, whenShown }: RateModule = await import(`${example}rate.mjs`);
    // Read at these instants, ns apart, with this much of the interval before and after each.
    const reads = fc.array(
      fc.record({
        gap: fc.bigInt({ min: 1_000n, max: 10n ** 9n }),
        before: fc.bigInt({ min: 0n, max: 10n ** 8n }),
        after: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      }),
      { minLength: 2, maxLength: 12 },
    );
    const ppm = fc.bigInt({ min: -50_000n, max: 50_000n });
    fc.assert(
      fc.property(reads, ppm, fc.bigInt({ min: 0n, max: 10n ** 10n }), (drawn, off, at) => {
        const shownAt = (ns: bigint) => (ns * 5n * (1_000_000n + off)) / 2_000_000n;
        let now = 10n ** 9n;
        const samples = drawn.map(({ gap, before, after }) => {
          now += gap;
          const value = shownAt(now);
          return { earliest: now - before, latest: now + after, from: value - 3n, to: value + 3n };
        });
        const rate = rateOf([samples], 2.5);
        const truth = 1 + Number(off) / 1e6;
        expect(rate.lowest).toBeLessThanOrEqual(truth);
        expect(rate.highest).toBeGreaterThanOrEqual(truth);
        const { earliest, latest } = whenShown(shownAt(at), samples, rate, 2.5);
        // One count is 0.4 ns, and a double holds 53 bits.
        expect(earliest).toBeLessThanOrEqual(at + 2n);
        expect(latest).toBeGreaterThanOrEqual(at - 2n);
      }),
    );
  });

  test('makes the same trace again from the raw log of recording 35', () => {
    const made = execFileSync(process.execPath, [
      `${example}convert.mjs`,
      `${example}raw.jsonl.gz`,
    ]);
    const [first, ...events] = made.toString('utf8').split('\n');
    const kept = gunzipSync(
      readFileSync(`${directory}35-tcg-icount-scripted-deterministic.jsonl.gz`),
    );
    expect(events).toEqual(kept.toString('utf8').split('\n').slice(1));
    expect(first).toContain('convert.mjs from raw.jsonl.gz');
  });

  test('says how to call it', () => {
    const call = () => execFileSync(process.execPath, [`${example}convert.mjs`], { stdio: 'pipe' });
    expect(call).toThrow('usage: node convert.mjs RAW.jsonl.gz > trace.jsonl');
  });
});
