import { describe, expect, test } from 'vitest';
import { playJson, replayJson } from '../../src/report/json.js';
import { type PlayView, playLines, type ReplayView, replayLines } from '../../src/report/replay.js';
import { page } from '../../src/report/style.js';
import { ABOUT, COUNTEREXAMPLE, LAW, SCHEDULE } from './examples.js';

const STYLE = { columns: 80, rich: false };
const { violation, events } = COUNTEREXAMPLE;

const PLAYED: PlayView = {
  about: ABOUT,
  subject: 'reference',
  schedule: SCHEDULE,
  events,
  laws: [
    { property: LAW, verdict: { kind: 'violated', witnesses: 1, violation } },
    { property: { ...LAW, name: 'clocks-agree' }, verdict: { kind: 'holds', witnesses: 4 } },
    { property: { ...LAW, name: 'timer-fires-once' }, verdict: { kind: 'vacuous' } },
  ],
};

describe('play', () => {
  test('shows commands, timeline and verdicts', () => {
    const text = page(STYLE, playLines(PLAYED, STYLE));
    expect(text).toContain('subject reference, design counters-run-on\nmachine 2 vCPUs');
    expect(text).toContain('   3  elapse 1.499999999 s');
    expect(text).toContain('+5.000000000 s                >> read CLOCK_MONOTONIC');
    expect(text).toContain('BROKEN      see above');
    expect(text).toContain('1 law holds, 1 broken, 1 not tested');
  });

  test('JSON has events and verdicts', () => {
    const json = JSON.parse(playJson(PLAYED));
    expect(json.events).toHaveLength(events.length);
    expect(json.laws.map((law: { verdict: string }) => law.verdict)).toEqual([
      'violated',
      'holds',
      'vacuous',
    ]);
    expect(json.laws[2]).toEqual({
      name: 'timer-fires-once',
      verdict: 'vacuous',
      witnesses: 0,
      violation: null,
    });
  });
});

const FAILING: ReplayView = {
  file: 'x.json',
  from: COUNTEREXAMPLE,
  fails: true,
  same: true,
  events,
  verdict: { kind: 'violated', witnesses: 1, violation },
  replay: 'tickproof replay x.json',
};

describe('replay', () => {
  test('what still fails is reported whole', () => {
    const text = page(STYLE, replayLines(ABOUT, [FAILING], STYLE));
    expect(text).toContain('still fails  x.json\n\nBROKEN  monotonic-never-decreases');
    expect(text).toContain('replay     tickproof replay x.json');
    expect(text).toContain('1 replayed, 1 still fails');
  });

  test('what fails in another way shows how it failed before', () => {
    const text = page(STYLE, replayLines(ABOUT, [{ ...FAILING, same: false }], STYLE));
    expect(text).toContain('fails differently  x.json\n  before     3000000000 ns');
  });

  test.each([
    [{ kind: 'holds', witnesses: 3 } as const, 'holds now'],
    [{ kind: 'vacuous' } as const, 'is no longer put to the test'],
  ])('what no longer fails says why: %o', (verdict, why) => {
    const text = replayLines(ABOUT, [{ ...FAILING, fails: false, verdict }], STYLE).join('\n');
    expect(text).toContain(`no longer fails  x.json\n  monotonic-never-decreases ${why}`);
    expect(text).toContain('1 replayed, 0 still fail');
  });

  test('JSON has a row a file', () => {
    const mended: ReplayView = { ...FAILING, fails: false, verdict: { kind: 'vacuous' } };
    const json = JSON.parse(replayJson(ABOUT, [FAILING, mended]));
    expect(json.files.map((file: { fails: boolean }) => file.fails)).toEqual([true, false]);
    expect(json.files[1].violation).toBeNull();
    expect(json.files[0].law).toBe('monotonic-never-decreases');
  });
});
