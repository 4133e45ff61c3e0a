import { describe, expect, test } from 'vitest';
import { rawAndMonoShareOneBase as law } from '../../src/properties/raw-and-mono-share-one-base.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story): string => summary(verdictOf(law, {}, story.events));

describe('raw-and-mono-share-one-base', () => {
  test('both bases have the same cycle_last, mask and shift', () => {
    expect(judge(new Story().boot().core(0).core(0, { cycleLast: 7n }))).toBe('holds 2');
  });

  test.each([{ rawCycleLast: 6n }, { rawMask: 1n }, { rawShift: 24n }])(
    '%o is a violation',
    (shown) => {
      expect(judge(new Story().boot().core(0, { cycleLast: 7n, ...shown }))).toMatch('violated');
    },
  );

  test('a subject that does not show its inside is not tested', () => {
    expect(judge(new Story().boot().tick(0, 4_000_000n).snapshot(0, {}))).toBe('vacuous');
  });
});
