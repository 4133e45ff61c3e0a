import { describe, expect, test } from 'vitest';
import { restoreComesBeforeRun } from '../../src/properties/restore-comes-before-run.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: HostStory): string =>
  summary(verdictOf(restoreComesBeforeRun, { vcpus: 2 }, story.events));
const booted = (): HostStory => new HostStory().boot(2);
const stopped = (): HostStory => booted().stop(0, 1).take('get-clock', 'get-tsc 0', 'get-tsc 1');

describe('restore-comes-before-run', () => {
  test('sampled once all have stopped, and written before any goes on', () => {
    expect(judge(stopped().take('set-clock').start(0, 1).handled())).toBe('holds 1');
    expect(judge(stopped().take('set-tsc 0', 'set-tsc 1').start(0, 1).handled())).toBe('holds 1');
  });

  test('is vacuous without such a step around a stop', () => {
    expect(judge(booted().stop(0, 1).take('kvmclock-ctrl').start(0, 1).handled())).toBe('vacuous');
    expect(judge(stopped().start(0, 1).handled())).toBe('vacuous');
    expect(judge(booted().take('get-clock', 'set-clock', 'write-page').handled())).toBe('vacuous');
  });

  test('what is written after the first vCPU goes on is seen to change', () => {
    for (const step of ['set-clock', 'set-clock+realtime', 'write-page', 'set-cntvct']) {
      expect(judge(stopped().start(0).take(step))).toBe('violated: after it');
    }
    // An order that a stop ended is over.
    expect(judge(stopped().start(0, 1).handled().take('write-page'))).toBe('vacuous');
  });

  test('a clock that was sampled while a vCPU ran is behind', () => {
    const early = booted().take('get-clock').stop(0, 1).take('set-clock');
    expect(judge(early)).toBe('violated: get-clock while it ran, or before it ran again');
    const between = booted().stop(0).take('get-clock').stop(1).take('set-clock+realtime');
    expect(judge(between)).toMatch('get-clock while it ran');
    const old = stopped().take('set-clock').start(0, 1).handled().stop(0, 1).take('set-clock');
    expect(judge(old)).toMatch('before it ran again');
    const arm = booted().take('get-cntvct').stop(0, 1).take('set-cntvct+realtime');
    expect(judge(arm)).toMatch('get-cntvct while it ran');
  });

  test('state of one vCPU concerns that vCPU', () => {
    expect(judge(stopped().start(0).take('set-tsc 1').start(1).handled())).toBe('holds 1');
    expect(judge(stopped().start(0).take('set-tsc 0'))).toBe('violated: after it');
    expect(judge(stopped().start(0).take('set-tsc-offset 0'))).toBe('violated: after it');
    const one = booted().stop(0).take('get-tsc 0').stop(1).take('set-tsc 0').start(0, 1);
    expect(judge(one.handled())).toBe('holds 1');
    expect(judge(booted().take('get-tsc 0').stop(0, 1).take('set-tsc 0'))).toMatch('while it ran');
  });

  test('the deadline follows the TSC, and no offset follows it', () => {
    const orders: readonly (readonly [string, string, string])[] = [
      ['set-tsc 0', 'set-deadline 0', 'holds 1'],
      ['set-deadline 0', 'set-tsc 0', 'violated: after it'],
      ['set-deadline 0', 'set-tsc 1', 'holds 1'],
      ['set-tsc-offset 0', 'set-tsc 0', 'holds 1'],
      ['set-tsc 0', 'set-tsc-offset 0', 'violated: after it'],
    ];
    for (const [first, second, verdict] of orders) {
      expect(judge(stopped().take(first, second).start(0, 1).handled())).toBe(verdict);
    }
    expect(judge(stopped().start(0).take('set-deadline 0'))).toMatch('after it');
  });

  test('a stop that was never handled does not bind the next', () => {
    const interrupted = stopped().take('set-tsc 0', 'set-clock').start(0).stop(0);
    const again = interrupted.take('get-clock', 'get-tsc 0').take('set-tsc-offset 0', 'set-clock');
    expect(judge(again.start(0, 1).handled())).toBe('holds 1');
  });

  test('what was sampled is part of the snapshot, however the old life went on', () => {
    const saved = stopped().save(0).start(0, 1).handled();
    const restored = saved.restore(0, 1).take('set-clock', 'set-tsc 0').start(0, 1).handled();
    expect(judge(restored)).toBe('holds 1');
    const late = stopped().save(0).start(0, 1).handled().restore(0, 1).start(0).take('set-clock');
    expect(judge(late)).toBe('violated: after it');
    const early = booted().take('get-clock').stop(0, 1).save(0).restore(0, 1).take('set-clock');
    expect(judge(early)).toMatch('while it ran');
  });
});
