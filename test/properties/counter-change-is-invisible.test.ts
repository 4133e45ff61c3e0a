import { describe, expect, test } from 'vitest';
import { counterChangeIsInvisible } from '../../src/properties/counter-change-is-invisible.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story) => verdictOf(counterChangeIsInvisible, {}, story.events);
const ONCE = { host: 0, vcpu: null, adjusted: 1 };

/** The counter jumps from 50 to 150, and the data after it show `base` there. */
const changed = (base: bigint) =>
  new Story().publish(0).publish(1, {
    domain: ONCE,
    replaces: 0,
    replacedAt: 50n,
    releasedAt: 150n,
    line: { cycleLast: 150n, mult: 1n, base },
  });

describe('counter-change-is-invisible', () => {
  test('holds where data and counter are both of before, or both of after', () => {
    const story = changed(50n)
      .use([0], { counter: 49n })
      .use([1], { counter: 151n, domain: { ...ONCE, vcpu: 1 } });
    expect(summary(judge(story))).toBe('holds 3');
  });

  test('breaks where old data meet the new counter, and new data the old counter', () => {
    const mixed = changed(50n).use([0], { counter: 151n, domain: { ...ONCE, vcpu: 1 } });
    expect(judge(mixed)).toMatchObject({
      kind: 'violated',
      violation: {
        expected: 'seqcount on vCPU 1: version 0 with a counter adjusted 0 times',
        observed: '151, of a counter adjusted once',
      },
    });
    expect(judge(changed(50n).use([1], { counter: 49n })).kind).toBe('violated');
  });

  test.each([
    [51n, 'holds 1'],
    [49n, 'holds 1'],
    [52n, 'violated'],
    [48n, 'violated'],
  ])('new data that show %d where the old showed 50: %s', (base, verdict) => {
    expect(summary(judge(changed(base)))).toContain(verdict);
  });

  test('is vacuous where no counter changes', () => {
    const story = new Story().publish(0).publish(1, { replaces: 0, replacedAt: 5n });
    expect(summary(judge(story.use([1], { counter: 9n })))).toBe('vacuous');
  });

  test('does not compare data of two hosts', () => {
    const story = new Story().publish(0).publish(1, {
      domain: { ...ONCE, host: 1 },
      replaces: 0,
      replacedAt: 50n,
      line: { cycleLast: 0n, mult: 1n, base: 999n },
    });
    expect(summary(judge(story))).toBe('vacuous');
  });
});
