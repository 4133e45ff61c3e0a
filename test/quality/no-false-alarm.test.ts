import { describe, expect, test } from 'vitest';
import { check, onItsScene } from '../../src/app/check.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { LAWS } from '../../src/properties/index.js';

/** Half of maxCommands on average: a million commands, and some more. */
const RUNS = 21_000;

/** Tasks of the guest are drawn on the scenes of the matrix alone: matrix.test.ts. */
const OF_TASKS: ReadonlySet<string> = new Set([
  'stale-time-is-never-used',
  'ntp-is-told',
  'watchdogs-stay-quiet',
]);

// A design that needs a machine of its own is played there by matrix.test.ts.
const OF_ANY_MACHINE = DESIGNS.filter(({ isOfAnyMachine }) => isOfAnyMachine === true).map(
  ({ name, breaks }) => ({ name, laws: breaks.map(({ law }) => law) }),
);

describe.each(OF_ANY_MACHINE)(
  'a million commands of the sound model under $name',
  ({ name, laws }) => {
    test('break the laws that the design lists, each in at most six commands, and no other', async () => {
      const outcome = await check({ seed: 2026, runs: RUNS, maxCommands: 100, design: name });
      expect(outcome.commandsExecuted).toBeGreaterThan(1_000_000);
      const broken = outcome.laws
        .filter((law) => law.verdict === 'violated')
        .map((law) => law.name);
      expect(broken.sort()).toEqual(laws.filter((law) => !OF_TASKS.has(law)).sort());
      for (const { schedule } of outcome.counterexamples) {
        expect(schedule.commands.length).toBeLessThanOrEqual(6);
      }
    });
  },
);

test('a million commands around freezes done right, with daemon, application and watchdogs, break nothing', async () => {
  const [design] = DESIGNS.filter(({ name }) => name === 'cooperative-freeze');
  if (design === undefined) throw new Error('there is no cooperative-freeze');
  const outcome = await check({
    ...{ seed: 2026, runs: 52_500, maxCommands: 40 },
    ...{ design: design.name, on: onItsScene(design) },
  });
  expect(outcome.commandsExecuted).toBeGreaterThan(1_000_000);
  expect(outcome.laws.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  for (const law of OF_TASKS) {
    expect(outcome.laws.find(({ name }) => name === law)?.verdict, law).toBe('holds');
  }
});

test('every law is put to the test by the sound model, on any machine or under a design of its own', async () => {
  const tested = new Set<string>();
  const options = { seed: 1, maxCommands: 100 };
  const searches = [
    await check({ ...options, runs: 1_000 }),
    ...(await Promise.all(
      DESIGNS.filter(({ isOfAnyMachine }) => isOfAnyMachine !== true).map(({ name }) =>
        check({ ...options, runs: 50, design: name }),
      ),
    )),
  ];
  for (const { laws } of searches) {
    for (const law of laws) if (law.witnesses > 0) tested.add(law.name);
  }
  expect(LAWS.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
});
