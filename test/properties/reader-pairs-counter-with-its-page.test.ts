import { describe, expect, test } from 'vitest';
import { readerPairsCounterWithItsPage } from '../../src/properties/reader-pairs-counter-with-its-page.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story) => verdictOf(readerPairsCounterWithItsPage, {}, story.events);
const at = (counter: bigint) => ({ counter, sampledAt: counter });
const violation = (story: Story) => {
  const verdict = judge(story);
  return verdict.kind === 'violated' ? verdict.violation : verdict.kind;
};

describe('reader-pairs-counter-with-its-page', () => {
  test('holds for a counter of the page, sampled while the page stood', () => {
    const story = new Story()
      .publish(1, { releasedAt: 5n })
      .use([1, 1], { ...at(5n), ns: 5n })
      .use([1, 1], { ...at(9n), ns: 9n })
      .publish(2, { releasedAt: 9n, replaces: 1, replacedAt: 9n });
    expect(summary(judge(story))).toBe('holds 2');
  });

  test('breaks for a counter sampled one cycle before the release', () => {
    const story = new Story().publish(1, { releasedAt: 5n }).use([1, 1], at(4n));
    expect(violation(story)).toMatchObject({
      expected:
        'seqcount on vCPU 1: a counter value sampled at or after 5, when version 1 was released',
      observed: 'sampled at 4',
      evidence: story.events,
    });
  });

  test.each([
    ['before the replacement is there', true],
    ['after it', false],
  ])('breaks for a counter sampled one cycle after the end, said %s', (_, isFirst) => {
    const story = new Story().publish(1);
    if (isFirst) story.use([1], at(10n));
    story.publish(2, { releasedAt: 11n, replaces: 1, replacedAt: 9n });
    if (!isFirst) story.use([1], at(10n));
    expect(violation(story)).toMatchObject({
      expected: expect.stringContaining('with version 1 a counter value sampled at or before 9'),
      observed: 'sampled at 10',
    });
  });

  test('breaks for the counter of another host, and of another vCPU where the page names one', () => {
    const elsewhere = { domain: { host: 1, vcpu: 1, adjusted: 0 } };
    const host = new Story().publish(1).use([1], { ...at(5n), ...elsewhere });
    expect(violation(host)).toMatchObject({ observed: '5, sampled on host 1, vCPU 1' });
    const page = { domain: { host: 0, vcpu: 0, adjusted: 0 } };
    const vcpu = new Story().publish(1, page).use([1], at(5n));
    expect(violation(vcpu)).toMatchObject({
      expected: 'seqcount on vCPU 1: a counter value of host 0, vCPU 0, which version 1 describes',
      observed: '5, sampled on host 0, vCPU 1',
    });
  });

  test('does not compare dates of another host, nor of before the counter was adjusted', () => {
    const adjusted = { domain: { host: 0, vcpu: 1, adjusted: 1 } };
    const story = new Story().publish(1, { releasedAt: 500n }).use([1], { ...at(4n), ...adjusted });
    expect(summary(judge(story))).toBe('holds 1');
  });

  test('breaks where the result is not the formula of the version, and only inside its horizon', () => {
    const line = { cycleLast: 2n, mult: 3n, base: 100n };
    const published = () => new Story().publish(1, { line, maxDelta: 4n });
    expect(summary(judge(published().use([1], { ...at(5n), ns: 109n })))).toBe('holds 1');
    expect(violation(published().use([1], { ...at(5n), ns: 110n }))).toMatchObject({
      expected: 'seqcount on vCPU 1: 109 ns, the formula of version 1 at counter 5',
      observed: '110 ns',
    });
    expect(summary(judge(published().use([1], { ...at(6n), ns: 100n })))).toBe('holds 1');
    expect(summary(judge(published().use([1], { ...at(1n), ns: 100n })))).toBe('holds 1');
  });

  test('is vacuous without a counter, for torn data and for data that nobody published', () => {
    expect(summary(judge(new Story().publish(1).use([1, 1])))).toBe('vacuous');
    expect(summary(judge(new Story().publish(1).use([1, 0], at(1n))))).toBe('vacuous');
    expect(summary(judge(new Story().use([1], at(1n))))).toBe('vacuous');
  });
});
