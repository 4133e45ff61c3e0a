import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/contract/event.js';
import { clockRebaseIsContinuous } from '../../src/properties/clock-rebase-is-continuous.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: HostStory): string =>
  summary(verdictOf(clockRebaseIsContinuous, { vcpus: 2 }, story.events));
const booted = (stable = true): HostStory =>
  new HostStory().boot(2).page(0, { isSet: true, stable });
/** At TSC 2001 the page of boot shows 1000 ns. */
const at2001 = (systemTime: bigint, more: Partial<EventOf<'pvclock-written'>> = {}) => ({
  tsc: 2_001n,
  tscTimestamp: 2_001n,
  systemTime,
  ...more,
});

describe('clock-rebase-is-continuous', () => {
  test('a page that is written anew goes on from the old one, by 1 ns at most', () => {
    expect(judge(booted().page(0, at2001(1_000n)))).toBe('holds 1');
    expect(judge(booted().page(0, at2001(1_001n)))).toBe('holds 1');
    expect(judge(booted().page(0, at2001(1_002n)))).toBe('violated: 1002 ns: 2 ns off');
  });

  test('is not behind the old one where readings are of one clock', () => {
    expect(judge(booted().page(0, at2001(999n)))).toBe('violated: 999 ns: -1 ns off');
    const unstable = (systemTime: bigint) =>
      judge(booted(false).page(0, at2001(systemTime, { stable: false })));
    expect(unstable(999n)).toBe('holds 1');
    expect(unstable(998n)).toBe('violated: 998 ns: -2 ns off');
  });

  test('compares for the TSC at that instant, wherever the page begins', () => {
    expect(judge(booted().page(0, { tsc: 2_000n, tscTimestamp: 1_000n, systemTime: 500n }))).toBe(
      'holds 1',
    );
    expect(judge(booted().page(0, { tsc: 2_000n, tscTimestamp: 1_000n, systemTime: 1_000n }))).toBe(
      'violated: 1500 ns: 500 ns off',
    );
  });

  test('is vacuous where the clock was set, and for a first page', () => {
    expect(judge(booted().page(0, at2001(9n, { isSet: true })))).toBe('vacuous');
    expect(judge(new HostStory().boot(2).page(0, at2001(9n)))).toBe('vacuous');
    expect(judge(booted().page(1, at2001(9n)))).toBe('vacuous');
  });

  test('a TSC that was written belongs to the new page only', () => {
    const written = (because: 'host-write' | 'stop') =>
      judge(booted().counter(0, because, { offset: 7n }).page(0, at2001(9n)));
    expect(written('host-write')).toBe('vacuous');
    expect(written('stop')).toMatch('off');
  });

  test('goes on in a restored life', () => {
    const restored = (systemTime: bigint) =>
      judge(booted().save(0).restore(0, 1).page(0, at2001(systemTime)));
    expect(restored(1_000n)).toBe('holds 1');
    expect(restored(0n)).toMatch('off');
  });
});
