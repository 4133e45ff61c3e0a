import { describe, expect, test } from 'vitest';
import type { CheckOutcome } from '../../src/contract/outcome.js';
import { type CheckView, checkLines } from '../../src/report/check.js';
import { checkJson } from '../../src/report/json.js';
import { page } from '../../src/report/style.js';
import { ABOUT, COUNTEREXAMPLE } from './examples.js';

const STYLE = { columns: 80, rich: false };

const OUTCOME: CheckOutcome = {
  seed: 7,
  runs: 1000,
  commandsExecuted: 45_112,
  elapsedMs: 3_149,
  subject: 'reference',
  design: 'counters-run-on',
  faults: ['core-negative-delta-u64'],
  laws: [
    {
      name: 'monotonic-never-decreases',
      verdict: 'violated',
      witnesses: 3,
      counterexample: 0,
    },
    { name: 'timer-fires-once', verdict: 'vacuous', witnesses: 0, counterexample: null },
    { name: 'clock-set-adds-up', verdict: 'holds', witnesses: 1234, counterexample: null },
  ],
  counterexamples: [COUNTEREXAMPLE],
  cut: false,
};

const VIEW: CheckView = {
  about: ABOUT,
  outcome: OUTCOME,
  allowed: new Map(),
  required: [],
  corpus: null,
  files: [null],
  toType: [{ replay: null, search: null }],
  interrupted: false,
};

const CLEAN: CheckView = {
  ...VIEW,
  outcome: {
    ...OUTCOME,
    laws: OUTCOME.laws.slice(2),
    counterexamples: [],
    faults: [],
    design: null,
  },
};

function text(view: CheckView): string {
  return page(STYLE, checkLines(view, STYLE));
}

describe('check as text', () => {
  test('a clean search prints versions, scope, witnesses and seed', () => {
    expect(text(CLEAN)).toBe(`tickproof 1.2.3   core Linux 6.12.117, KVM rules 6.12   seed 7
subject reference, design of each machine, Linux 6.12.109 to 6.15

  clock-set-adds-up  holds       tested 1,234 times

1,000 runs, 45,112 commands, 3.1 s, seed 7: 1 law holds
`);
  });

  test('a broken law has its report above the table of verdicts', () => {
    const shown = text(VIEW);
    expect(shown).toContain('faults core-negative-delta-u64');
    expect(shown.indexOf('BROKEN  monotonic')).toBeLessThan(shown.indexOf('clock-set-adds-up'));
    expect(shown).toContain('monotonic-never-decreases  BROKEN      5 commands');
    expect(shown).toContain('timer-fires-once           not tested');
    expect(shown).toContain('1 law holds, 1 broken, 1 not tested');
  });

  test('an allowed violation is shown with its reason', () => {
    const allowed = new Map([['monotonic-never-decreases', 'issue 12']]);
    const shown = text({ ...VIEW, allowed });
    expect(shown).toContain('allowed     issue 12, 5 commands\n');
    expect(shown).toContain('1 broken and allowed');
  });

  test('an untested law that was required says so', () => {
    expect(text({ ...VIEW, required: ['timer-fires-once'] })).toContain(
      'not tested  but --require asks for it',
    );
  });

  test('a corpus tells what still fails and what was mended', () => {
    const corpus = { directory: 'corpus', failing: ['corpus/a.json'], mended: ['corpus/b.json'] };
    const shown = text({ ...CLEAN, corpus });
    expect(shown).toContain('corpus corpus: 2 counterexamples replayed, 1 still fail');
    expect(shown).toContain('  no longer fails: corpus/b.json');
  });

  test('a search that was cut is not repeatable by its seed', () => {
    expect(text({ ...CLEAN, outcome: { ...CLEAN.outcome, cut: true } })).toContain(
      'cut short by --time-limit after 1,000 runs',
    );
    expect(text({ ...CLEAN, interrupted: true })).toContain('interrupted after 1,000 runs');
  });
});

describe('check as JSON', () => {
  test('has exactly the fields of the contract, in a fixed order', () => {
    const json = JSON.parse(checkJson(VIEW));
    expect(Object.keys(json)).toEqual([
      'command',
      'version',
      'core',
      'seed',
      'runs',
      'commandsExecuted',
      'elapsedMs',
      'cut',
      'subject',
      'design',
      'faults',
      'laws',
      'counterexamples',
    ]);
    expect(Object.keys(json.laws[0])).toEqual(['name', 'verdict', 'witnesses', 'counterexample']);
    expect(Object.keys(json.counterexamples[0]).slice(0, 6)).toEqual([
      'law',
      'commands',
      'evaluations',
      'minimal',
      'schedule',
      'violation',
    ]);
    expect(json.counterexamples[0].file).toBeNull();
    expect(json.version).toBe('1.2.3');
  });

  test('64-bit numbers are decimal strings', () => {
    const json = JSON.parse(checkJson(VIEW));
    expect(json.counterexamples[0].schedule.commands[2].ns).toBe('1499999999');
    expect(json.counterexamples[0].violation.evidence[0].ns).toBe('5000000000');
  });

  test('an allowance and a corpus are added where there are some', () => {
    const allowed = new Map([['monotonic-never-decreases', 'issue 12']]);
    const corpus = { directory: 'corpus', failing: [], mended: ['corpus/b.json'] };
    const json = JSON.parse(checkJson({ ...VIEW, allowed, corpus, interrupted: true }));
    expect(json.laws[0].allowed).toBe('issue 12');
    expect(json.corpus).toEqual(corpus);
    expect(json.cut).toBe(true);
  });
});
