import { describe, expect, test } from 'vitest';
import { futureDataIsUsedOnTime } from '../../src/properties/future-data-is-used-on-time.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story) => verdictOf(futureDataIsUsedOnTime, {}, story.events);
/** From counter 10 on twice as fast. */
const change = (base: bigint, monotone = false) => ({
  changeAt: 10n,
  next: { cycleLast: 10n, mult: 2n, base },
  monotone,
});

describe('future-data-is-used-on-time', () => {
  test('holds for the first data below t_change and the second from it on', () => {
    const story = new Story()
      .publish(1, change(10n))
      .use([1], { counter: 9n, ns: 9n })
      .use([1], { counter: 10n, ns: 10n })
      .use([1], { counter: 11n, ns: 12n });
    expect(summary(judge(story))).toBe('holds 4');
  });

  test.each([
    [9n, 8n, '9 ns, the first data'],
    [10n, 10n, '11 ns, the second data'],
    [11n, 11n, '13 ns, the second data'],
  ])('breaks at counter %d for the other data', (counter, ns, owed) => {
    expect(judge(new Story().publish(1, change(11n)).use([1], { counter, ns }))).toMatchObject({
      kind: 'violated',
      violation: {
        expected: `seqcount on vCPU 1: ${owed}, at counter ${counter}; they change at 10`,
        observed: `${ns} ns`,
      },
    });
  });

  test.each([
    [11n, false, 'holds 1'],
    [9n, false, 'holds 1'],
    [12n, false, 'violated'],
    [8n, false, 'violated'],
    [11n, true, 'holds 1'],
    [10n, true, 'holds 1'],
    [9n, true, 'violated'],
  ])('second data that begin at %d beside 10, monotone: %s: %s', (base, monotone, verdict) => {
    expect(summary(judge(new Story().publish(1, change(base, monotone))))).toContain(verdict);
  });

  test('is vacuous where no change is scheduled', () => {
    expect(summary(judge(new Story().publish(1).use([1], { counter: 9n, ns: 1n })))).toBe(
      'vacuous',
    );
  });
});
