import { describe, expect, test } from 'vitest';
import { conclude } from '../../src/runner/check.js';
import { merge } from '../../src/runner/plan.js';
import { search } from '../../src/runner/search.js';
import { shrink } from '../../src/runner/shrink.js';
import { asyncToyClock, neverTested, showsTrueTime, toyClock, toyPlan } from './toy.js';

const EXACT = [{ kind: 'elapse', ns: 1_000_000n }, { kind: 'read' }];

describe('a search', () => {
  test('says how often each law was put to the test, and which never was', async () => {
    const found = await search(toyPlan({ subject: toyClock(2n ** 80n) }));
    const [shown, untested] = found.laws;
    expect(shown?.witnesses).toBeGreaterThan(100);
    expect(shown?.firstRun).toBeNull();
    expect(untested).toEqual({
      name: 'never-tested',
      witnesses: 0,
      firstRun: null,
      shortest: null,
    });
    expect(found.runs).toBe(500);
  });

  test('dealt out to three and merged is the search of one', async () => {
    const parts = [0, 1, 2].map((first) => search(toyPlan({ first, step: 3 })));
    const whole = await search(toyPlan());
    expect(merge(await Promise.all(parts))).toEqual(whole);
    expect(whole.laws[0]?.firstRun).not.toBeNull();
  });

  test('ends at the first violation where that is wanted', async () => {
    const found = await search(toyPlan({ until: 'shows-true-time' }));
    expect(found.laws[0]?.firstRun).toBe(found.runs - 1);
  });

  test('says that it was cut', async () => {
    let looks = 0;
    const found = await search(toyPlan({ isOver: () => ++looks > 1 }));
    expect(found).toMatchObject({ runs: 200, cut: true });
  });

  test('passes on what a subject throws: it is not a broken law', async () => {
    const subject = {
      mode: 'sync' as const,
      name: 'crashes',
      run: () => {
        throw new Error('out of order');
      },
    };
    await expect(search(toyPlan({ subject }))).rejects.toThrow('out of order');
  });

  test('of a subject that answers later finds the same', async () => {
    const found = await search(toyPlan({ subject: asyncToyClock(1_000_000n) }));
    expect(found).toEqual(await search(toyPlan()));
  });
});

describe('a counterexample', () => {
  test('has the exact least numbers, and says what was checked', async () => {
    const plan = toyPlan();
    const outcome = await conclude(plan, await search(plan), Date.now());
    const [smallest] = outcome.counterexamples;
    expect(smallest?.schedule.commands).toMatchObject(EXACT);
    expect(smallest?.minimal).toEqual({ single: true, pair: true, value: true });
    expect(smallest?.violation).toMatchObject({ expected: '1000000 ns', observed: '999999 ns' });
    expect(smallest?.events).toHaveLength(1);
    expect(outcome.laws).toMatchObject([
      { name: 'shows-true-time', verdict: 'violated', counterexample: 0 },
      { name: 'never-tested', verdict: 'vacuous', counterexample: null },
    ]);
  });

  test('of a subject that answers later is the same', async () => {
    const plan = toyPlan({ subject: asyncToyClock(1_000_000n) });
    const outcome = await conclude(plan, await search(plan), Date.now());
    expect(outcome.counterexamples[0]?.schedule.commands).toMatchObject(EXACT);
  });

  test('comes with a twin in round numbers where the exact ones are not', async () => {
    const plan = toyPlan({ subject: toyClock(1_234_567n), properties: [showsTrueTime] });
    const found = await search(plan);
    const smallest = await shrink(plan, showsTrueTime, found.laws[0]?.firstRun ?? 0);
    expect(smallest.schedule.commands).toMatchObject([{ ns: 1_234_567n }, {}]);
    expect(smallest.twin?.commands).toMatchObject([{ ns: 1_000_000_000n }, {}]);
  });

  test('is not that of another law: only the same one counts', async () => {
    const other = {
      ...showsTrueTime,
      name: 'shows-even-time',
      monitor: () => ({
        'clock-read': (read: { readonly ns: bigint }) =>
          read.ns % 2n === 0n
            ? ('held' as const)
            : { expected: 'an even time', observed: `${read.ns}`, evidence: [] },
      }),
    };
    const plan = toyPlan({ properties: [showsTrueTime, other] });
    const outcome = await conclude(plan, await search(plan), Date.now());
    const [trueTime, even] = outcome.counterexamples;
    expect(trueTime?.schedule.commands).toMatchObject(EXACT);
    expect(even?.schedule.commands).toMatchObject([{ kind: 'elapse', ns: 1n }, { kind: 'read' }]);
  });

  test('is refused for a run that does not fail', async () => {
    const plan = toyPlan({ subject: toyClock(2n ** 80n) });
    await expect(shrink(plan, neverTested, 3)).rejects.toThrow(/bug in tickproof.*did not/);
  });

  test('survives a subject that throws on smaller schedules', async () => {
    const clock = toyClock(1_000_000n);
    const subject = {
      ...clock,
      run: (...[schedule, emit]: Parameters<typeof clock.run>) => {
        if (schedule.commands.length < 4) throw new Error('too short for me');
        clock.run(schedule, emit);
      },
    };
    const plan = toyPlan({ subject, drawing: { ...toyPlan().drawing } });
    const long = [...Array(40).keys()].find((run) => {
      const { commands } = plan.drawing.at(run);
      const events: unknown[] = [];
      if (commands.length >= 4) subject.run(plan.drawing.at(run), (e) => events.push(e));
      return events.some(
        (e) =>
          (e as { ns: bigint; earliestNs: bigint }).ns !== (e as { earliestNs: bigint }).earliestNs,
      );
    });
    const smallest = await shrink(plan, showsTrueTime, long ?? 0);
    expect(smallest.schedule.commands).toHaveLength(4);
  });
});
