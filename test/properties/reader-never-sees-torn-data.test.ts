import { describe, expect, test } from 'vitest';
import { readerNeverSeesTornData } from '../../src/properties/reader-never-sees-torn-data.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story) => verdictOf(readerNeverSeesTornData, {}, story.events);

describe('reader-never-sees-torn-data', () => {
  test('holds where all words belong to one publication', () => {
    expect(summary(judge(new Story().accept(['counter', 'mult', 'base'], [4, 4, 4])))).toBe(
      'holds 1',
    );
  });

  test('breaks where one belongs to another, and names the words', () => {
    const story = new Story().accept(['counter', 'mult', 'base'], [4, 4, 5]);
    expect(judge(story)).toMatchObject({
      kind: 'violated',
      violation: {
        expected: 'seqcount on vCPU 0: all words of one publication',
        observed: 'counter of 4, mult of 4, base of 5',
        evidence: story.events,
      },
    });
  });

  test('is vacuous without a reader, and for one word', () => {
    expect(summary(judge(new Story().boot()))).toBe('vacuous');
    expect(summary(judge(new Story().accept(['sec'], [4])))).toBe('vacuous');
  });
});
