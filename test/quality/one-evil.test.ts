import { describe, expect, test } from 'vitest';
import { bothOf, oneEvil } from '../../src/app/one-evil.js';
import { DESIGNS } from '../../src/model/designs/index.js';

// laws.md, first-read-cannot-have-both: while REALTIME is MONOTONIC plus an offset, a host alone moves both or none.
describe('no host alone keeps MONOTONIC from the stop and REALTIME right at the first read', () => {
  test('in 100,000 step lists', () => {
    const found = oneEvil({ seed: 2021, lists: 100_000 });
    expect(found.exceptions).toEqual([]);
    // Not because neither can be kept: each alone is, in thousands of lists.
    expect(found.vacuous).toBeLessThan(10_000);
    expect(found.keepMonotonic).toBeGreaterThan(10_000);
    expect(found.keepRealtime).toBeGreaterThan(10_000);
  });

  const hostsAlone = DESIGNS.filter(
    ({ guest, scene }) =>
      guest?.handler === undefined && guest?.freeze === undefined && scene?.reads !== 'page',
  ).filter(({ name }) => name !== 'cooperative-freeze' && !name.startsWith('agent-'));

  test.each(hostsAlone)('under $name', (design) => {
    const { monotonic, realtime } = bothOf(design);
    expect({ monotonic, realtime }).not.toEqual({ monotonic: 'holds', realtime: 'holds' });
  });

  test('with the guest’s help it can be: the search would see it', () => {
    const freeze = DESIGNS.find(({ name }) => name === 'cooperative-freeze');
    if (freeze === undefined) throw new Error('there is no cooperative-freeze');
    expect(bothOf(freeze)).toEqual({ monotonic: 'holds', realtime: 'holds' });
  });
});
