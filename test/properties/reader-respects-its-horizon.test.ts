import { describe, expect, test } from 'vitest';
import { readerRespectsItsHorizon } from '../../src/properties/reader-respects-its-horizon.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: Story) => verdictOf(readerRespectsItsHorizon, {}, story.events);
const LINE = { cycleLast: 10n, mult: 2n, base: 1000n };
const read = (counter: bigint, ns: bigint) =>
  judge(new Story().publish(1, { line: LINE, maxDelta: 4n }).use([1], { counter, ns }));

describe('reader-respects-its-horizon', () => {
  test('holds beyond the horizon for the exact value, and behind the base for the base too', () => {
    expect(summary(read(14n, 1008n))).toBe('holds 1');
    expect(summary(read(9n, 1000n))).toBe('holds 1');
    expect(summary(read(9n, 998n))).toBe('holds 1');
  });

  test.each([
    [14n, 1000n, 'to below 14', '1008'],
    [15n, 1002n, 'to below 14', '1010'],
    [9n, 1006n, 'to below 14', '998'],
  ])('breaks at counter %d for the product that wrapped', (counter, ns, end, exact) => {
    expect(read(counter, ns)).toMatchObject({
      kind: 'violated',
      violation: {
        expected: `seqcount on vCPU 1: version 1 for counter values from 10 ${end}`,
        observed: `${ns} ns of it at counter ${counter}, where ${exact} ns is exact`,
      },
    });
  });

  test('is vacuous inside of the horizon, whatever was computed, and for data without one', () => {
    expect(summary(read(10n, 1n))).toBe('vacuous');
    expect(summary(read(13n, 1n))).toBe('vacuous');
    expect(summary(judge(new Story().publish(1).use([1], { counter: 1n << 70n, ns: 1n })))).toBe(
      'vacuous',
    );
  });

  test('who fell back has the exact value of the newest data', () => {
    const story = () => new Story().publish(1).publish(2, { line: LINE });
    expect(summary(judge(story().use([], { counter: 20n, ns: 1020n })))).toBe('holds 1');
    expect(judge(story().use([], { counter: 20n, ns: 20n }))).toMatchObject({
      violation: {
        expected: 'seqcount on vCPU 1: 1020 ns from who it fell back to, at counter 20',
        observed: '20 ns',
      },
    });
    expect(summary(judge(new Story().use([], { counter: 20n, ns: 20n })))).toBe('vacuous');
  });
});
