import { describe, expect, test } from 'vitest';
import { readerFinishes } from '../../src/properties/reader-finishes.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story) => verdictOf(readerFinishes, {}, story.events);

describe('reader-finishes', () => {
  test('holds for each read that ended', () => {
    expect(summary(judge(new Story().use([1]).use([2])))).toBe('holds 2');
  });

  test('breaks for one that waits', () => {
    const story = new Story().use([1]).waited('no writer can go on before it');
    expect(judge(story)).toMatchObject({
      kind: 'violated',
      violation: {
        expected: 'seqcount on vCPU 1: an end after one failed round without a store',
        observed: 'it spins: no writer can go on before it',
        evidence: [story.events[1]],
      },
    });
  });

  test('is vacuous without a reader', () => {
    expect(summary(judge(new Story().publish(1)))).toBe('vacuous');
  });
});
