import { describe, expect, test } from 'vitest';
import { coarseLagsFine as law } from '../../src/properties/coarse-lags-fine.js';
import { Story } from './events.js';
import { MULT, type Setup, summary, verdictOf } from './premises.js';

const MS = 1_000_000n;
/** 250 Hz. */
const TICK = 4n * MS;
const judge = (story: Story, setup: Setup = { vcpus: 2 }): string =>
  summary(verdictOf(law, setup, story.events));
const fine = (story: Story, at: bigint, ns = at, vcpu = 0) => story.at(at).monotonic(vcpu, ns, at);
const coarse = (story: Story, at: bigint, ns: bigint, vcpu = 0) =>
  story.at(at).read(vcpu, 'CLOCK_MONOTONIC_COARSE', ns, null);
const booted = (): Story => new Story().boot(2);

describe('coarse-lags-fine', () => {
  test('a fine read after a coarse one is not below it', () => {
    expect(judge(fine(coarse(booted(), TICK, TICK), TICK + 1n))).toBe('holds 1');
    expect(judge(fine(coarse(booted(), TICK, TICK), TICK + 1n, TICK - 1n))).toMatch(
      /^violated: 3999999 ns on vCPU 0: the coarse clock was 1 ns ahead/,
    );
  });

  test('reads of two vCPUs at one instant are not ordered', () => {
    expect(judge(fine(coarse(booted(), TICK, TICK), TICK, TICK - 1n, 1))).toBe('vacuous');
  });

  test('at the update it is less than one cycle interval behind what was read before', () => {
    const behind = (ns: bigint) => {
      const update = fine(booted(), 2n * TICK).tick(0, 2n * TICK);
      return judge(coarse(update, 2n * TICK + 1n, ns));
    };
    expect(behind(2n * TICK)).toBe('holds 1');
    // A tick, at the highest rate in force, which one unit of mult makes 0.12 ppm more; a cycle; 1 ns.
    const lag = TICK + 1n + 1n + 1n;
    expect(behind(2n * TICK - lag)).toBe('holds 1');
    expect(behind(2n * TICK - lag - 1n)).toMatch('violated');
  });

  test('what was read past the counter sample the update need not have', () => {
    const late = fine(booted().sampled(0, TICK, MULT), 9n * TICK, 9n * TICK, 1);
    const published = late.published(0, 9n * TICK, MULT, TICK);
    expect(judge(coarse(published, 9n * TICK + 1n, TICK))).toBe('vacuous');
  });

  test('REALTIME is compared while it was not set', () => {
    const real = (step: (story: Story) => Story) => {
      const first = booted().at(TICK).read(0, 'CLOCK_REALTIME_COARSE', TICK, null);
      return judge(
        step(first)
          .at(TICK + 2n)
          .read(0, 'CLOCK_REALTIME', 0n, TICK + 2n),
      );
    };
    expect(real((story) => story)).toMatch('violated');
    expect(real((story) => story.set(0, -TICK))).toBe('vacuous');
    expect(real((story) => story.leap(0, -TICK))).toBe('vacuous');
    expect(real((story) => story.suspend().resume())).toBe('vacuous');
  });

  test('with declared skew a reader behind cycle_last is on a line that may have turned', () => {
    const setup: Setup = { vcpus: 2, declared: { skewNs: 1_000_000n } };
    // 2 ms of one unit of mult either way, 0.24 ppm: less than 1 ns; and the 2 ns of two floors.
    const then = (ns: bigint) => fine(coarse(booted(), TICK, TICK), TICK + 1n, ns);
    expect(judge(then(TICK - 3n), setup)).toBe('holds 1');
    expect(judge(then(TICK - 4n), setup)).toMatch('violated');
  });

  test('the latch and the timer bases have views of their own', () => {
    const nmi = coarse(booted(), TICK, TICK)
      .at(TICK + 1n)
      .read(0, 'CLOCK_MONOTONIC', 0n, 0n, 'nmi');
    expect(judge(nmi)).toBe('vacuous');
  });

  test('a coarse clock alone is no test', () => {
    expect(judge(coarse(coarse(booted(), TICK, TICK), TICK + 1n, 0n))).toBe('vacuous');
  });
});
