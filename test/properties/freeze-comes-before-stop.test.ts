import { describe, expect, test } from 'vitest';
import { freezeComesBeforeStop } from '../../src/properties/freeze-comes-before-stop.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: HostStory): string =>
  summary(verdictOf(freezeComesBeforeStop, { vcpus: 2 }, story.events));
const booted = (): HostStory => new HostStory().boot(2);
const frozen = (): HostStory => booted().request().acknowledge().at(100n);
const sample = (boottimeNs: bigint) => ({ monotonicNs: 100n, boottimeNs });

describe('freeze-comes-before-stop', () => {
  test('an acknowledged freeze may be stopped', () => {
    expect(judge(frozen().stop(0, 1).start(0, 1).thaw())).toBe('holds 1');
  });

  test('without an acknowledgement the host does not stop', () => {
    expect(judge(booted().request().stop(0, 1).start(0))).toBe('violated: no acknowledgement');
    // Not waited for, and not stopped either.
    expect(judge(booted().request().abort().stop(0, 1).start(0, 1))).toBe('vacuous');
  });

  test('or says that nobody waited for it, before the guest goes on', () => {
    expect(judge(booted().request().say().stop(0, 1).start(0, 1))).toBe('holds 1');
    expect(judge(booted().request().stop(0, 1).say().start(0, 1))).toBe('holds 1');
    expect(judge(booted().request().stop(0, 1).start(0).say())).toMatch('no acknowledgement');
    expect(judge(booted().request().stop(0, 1))).toBe('vacuous');
  });

  test('what stops as the host goes to sleep, the VMM did not stop', () => {
    const asked = () => booted().take('notify-guest freeze').request();
    expect(judge(asked().stop(0, 1).start(0, 1))).toBe('vacuous');
    expect(judge(asked().take('pause-vcpu 0').stop(0).start(0))).toMatch('no acknowledgement');
    const earlier = booted().take('pause-vcpu 0').stop(0).start(0).request();
    expect(judge(earlier.stop(0, 1).start(0, 1))).toBe('vacuous');
  });

  test('a vCPU that acknowledges after another one stopped comes too late', () => {
    expect(judge(booted().request().stop(1).acknowledge(0))).toBe(
      'violated: acknowledged after it',
    );
    expect(judge(booted().request().stop(1).abort().start(1))).toMatch('no acknowledgement');
  });

  test('is vacuous for a host that asks nobody', () => {
    expect(judge(booted().stop(0, 1).start(0, 1).poll())).toBe('vacuous');
  });

  test('no task takes a step while it is frozen', () => {
    expect(judge(frozen().poll(1))).toBe('violated: daemon-polled on vCPU 1');
    expect(judge(frozen().stampTime('timestamp-taken'))).toMatch('timestamp-taken on vCPU 0');
    expect(judge(frozen().stampTime('timestamp-used'))).toMatch('timestamp-used on vCPU 0');
    const thawed = frozen().stop(0, 1).start(0, 1).thaw();
    expect(judge(thawed.poll().stampTime('timestamp-used'))).toBe('holds 1');
    expect(judge(booted().request().poll().acknowledge().stop(0, 1))).toBe('holds 1');
    // Called off, and the tasks not yet let go.
    expect(judge(frozen().abort().poll())).toMatch('daemon-polled');
  });

  test('asked again it freezes no second time', () => {
    expect(judge(frozen().request().stop(0, 1))).toBe('holds 1');
    expect(judge(frozen().request().acknowledge())).toBe('violated: a second one');
    const asleep = booted().request().suspend().acknowledge().request();
    expect(judge(asleep.suspend())).toBe('violated: a second one');
    const once = booted().request().suspend().acknowledge().resume().thaw();
    expect(judge(once.request().suspend().acknowledge().stop(0, 1))).toBe('holds 1');
  });

  test('a freeze that was called off injects nothing', () => {
    const off = (boottimeNs: bigint) =>
      judge(booted().snapshot(0, sample(150n)).request().abort().snapshot(0, sample(boottimeNs)));
    expect(off(150n)).toBe('holds 1');
    expect(off(151n)).toBe('violated: 51 ns ahead: 1 ns were injected');
  });

  test('nor where the guest had frozen for it already', () => {
    const off = (boottimeNs: bigint) => {
      const frozenAgain = booted().snapshot(0, sample(150n)).request().suspend().acknowledge();
      return judge(frozenAgain.abort().resume().thaw().snapshot(0, sample(boottimeNs)));
    };
    expect(off(150n)).toBe('holds 1');
    expect(off(151n)).toMatch('1 ns were injected');
  });

  test('what the guest slept, and what was stopped, is not called off', () => {
    const off = () => booted().snapshot(0, sample(150n)).request().abort();
    expect(judge(off().suspend().resume().snapshot(0, sample(999n)))).toBe('vacuous');
    expect(judge(off().stop(0, 1).start(0, 1).snapshot(0, sample(999n)))).toBe('vacuous');
    const slept = off().request().suspend().acknowledge().resume().thaw();
    expect(judge(slept.snapshot(0, sample(999n)))).toBe('vacuous');
    const plain = booted().snapshot(0, sample(150n)).snapshot(0, sample(999n));
    expect(judge(plain)).toBe('vacuous');
  });

  test('a restored life is as frozen as its snapshot', () => {
    const story = frozen().stop(0, 1).save(0).restore(0, 1).start(0, 1);
    expect(judge(story.poll())).toMatch('daemon-polled');
    const early = booted().request().stop(0, 1).save(0).restore(0, 1);
    expect(judge(early.start(0))).toMatch('no acknowledgement');
  });
});
