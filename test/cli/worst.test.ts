import { describe, expect, test } from 'vitest';
import { LAWS } from '../../src/app/parts.js';
import { type } from './recorder.js';

const LAW = 'raw-to-mono-error-is-bounded';
const line = `worst ${LAW} --runs 300 --seed 7`;

async function json(asked: string) {
  const { code, stdout } = await type(`${asked} --json`);
  return { code, ...JSON.parse(stdout) };
}

describe('worst', () => {
  test('says value, bound, ratio and schedule, and the same for the same seed', async () => {
    const found = await json(line);
    expect(found).toMatchObject({ code: 0, command: 'worst', law: LAW, seed: 7, cut: false });
    expect(found.ratio).toBeGreaterThan(0.9);
    expect(found.ratio).toBeLessThanOrEqual(1);
    expect(BigInt(found.value)).toBeLessThanOrEqual(BigInt(found.bound));
    expect(found.schedule.commands.length).toBeGreaterThan(0);
    expect({ ...(await json(line)), elapsedMs: 0 }).toEqual({ ...found, elapsedMs: 0 });
  });

  test('for people: what is compared, how near it came, and how', async () => {
    const { code, stdout } = await type(line);
    expect(code).toBe(0);
    expect(stdout).toContain('largest  error of a RAW instant converted to MONOTONIC');
    expect(stdout).toMatch(/ratio {4}0\.9\d+/);
    expect(stdout).toMatch(/ {4} 1 {2}/);
  });

  /** Pages of kvmclock are on the scenes of designs alone, and this one steps. */
  const REBASE = 'clock-rebase-is-continuous';

  test.each(
    LAWS.flatMap(({ name, measure }) => (measure === undefined || name === REBASE ? [] : [name])),
  )('takes %s, whose monitor tells a distance', async (name) => {
    const found = await json(`worst ${name} --runs 300 --seed 1`);
    expect(found.code).toBe(0);
    expect(found.ratio).toBeGreaterThan(0);
  });

  test('takes a design, on its scene', async () => {
    const design = 'qemu-stop-cont-kvmclock-rebase';
    const found = await json(`worst ${REBASE} --design ${design} --runs 300 --seed 1`);
    expect(found.code).toBe(1);
    expect(found.ratio).toBeGreaterThanOrEqual(1);
  });

  test('a broken bound is 1', async () => {
    const { code, ratio } = await json(
      'worst monotonic-tracks-ntp --fault ntp-nohz-overcorrect --runs 500 --seed 1',
    );
    expect(code).toBe(1);
    expect(ratio).toBeGreaterThan(1);
  });

  test('a law without a bound is refused, with those that have one', async () => {
    const { code, stderr } = await type('worst monotonic-never-decreases');
    expect(code).toBe(2);
    expect(stderr).toContain('monotonic-never-decreases has no bound');
    expect(stderr).toContain(LAW);
  });

  test.each([
    ['worst q', 'no law is called "q"'],
    [`worst ${LAW} --design q`, 'no design is called "q"'],
    [`worst ${LAW} --fault q`, 'no fault is called "q"'],
    ['worst', "missing required argument 'law'"],
  ])('%s is refused', async (asked, message) => {
    const { code, stderr } = await type(asked);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('Ctrl-C shows the nearest so far, and judges nothing', async () => {
    const { code, stdout } = await type(line, { onInterrupt: (listener) => listener() });
    expect(code).toBe(2);
    expect(stdout).toContain('nothing put it to the test');
  });
});
