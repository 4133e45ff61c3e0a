import { describe, expect, test } from 'vitest';
import type { ClockId } from '../../src/contract/clock.js';
import { vdsoAgreesWithSyscall as law } from '../../src/properties/vdso-agrees-with-syscall.js';
import { Story } from './events.js';
import { MULT, type Setup, summary, verdictOf } from './premises.js';

const MS = 1_000_000n;
const judge = (story: Story, setup: Setup = { vcpus: 2 }): string =>
  summary(verdictOf(law, setup, story.events));
const page = (
  story: Story,
  ns: bigint,
  counter: bigint,
  clock: ClockId = 'CLOCK_MONOTONIC',
  vcpu = 0,
) => story.read(vcpu, clock, ns, counter, 'vdso');
const call = (
  story: Story,
  ns: bigint,
  counter: bigint,
  clock: ClockId = 'CLOCK_MONOTONIC',
  vcpu = 0,
) => story.read(vcpu, clock, ns, counter);
const booted = (): Story => new Story().boot(2).at(MS);

describe('vdso-agrees-with-syscall', () => {
  test('at one counter value both show the same, on any vCPU', () => {
    expect(judge(page(call(booted(), 7n, 5n), 7n, 5n, 'CLOCK_MONOTONIC', 1))).toBe('holds 1');
    expect(judge(call(page(booted(), 7n, 5n, 'CLOCK_TAI'), 7n, 5n, 'CLOCK_TAI'))).toBe('holds 1');
    const sample = booted().snapshot(0, { counter: 5n, monotonicNs: 7n });
    expect(judge(page(sample, 7n, 5n))).toBe('holds 1');
  });

  test('where they differ it is a violation', () => {
    expect(judge(page(call(booted(), 7n, 5n), 8n, 5n, 'CLOCK_MONOTONIC', 1))).toMatch(
      /^violated: 8 ns: 1 ns apart/,
    );
    const sample = booted().snapshot(0, { counter: 5n, boottimeNs: 7n });
    expect(judge(page(sample, 6n, 5n, 'CLOCK_BOOTTIME'))).toMatch('violated');
  });

  test('coarse clocks are the same under one publication, whatever the counter shows', () => {
    const coarse = (ns: bigint) =>
      booted()
        .read(0, 'CLOCK_MONOTONIC_COARSE', 4n, null)
        .at(2n * MS)
        .read(1, 'CLOCK_MONOTONIC_COARSE', ns, null, 'vdso');
    expect(judge(coarse(4n))).toBe('holds 1');
    expect(judge(coarse(3n))).toMatch('violated');
  });

  test('a read of the vDSO lies between two system calls of its vCPU', () => {
    const between = (ns: bigint, then: bigint) =>
      call(page(call(booted(), 100n, 100n), ns, 110n), then, 120n);
    expect(judge(between(110n, 120n))).toBe('holds 2');
    expect(judge(between(99n, 120n))).toMatch(/^violated: 99 ns: 1 ns below/);
    expect(judge(between(121n, 120n))).toMatch(/^violated: 120 ns: 1 ns below/);
  });

  test('of a clock that was set in between nothing is said, of others it is', () => {
    const set = (clock: ClockId) =>
      judge(page(call(booted(), 100n, 100n, clock).set(1, -50n), 50n, 110n, clock));
    expect(set('CLOCK_REALTIME')).toBe('vacuous');
    expect(set('CLOCK_MONOTONIC')).toMatch('violated');
    const leap = page(
      call(booted(), 100n, 100n, 'CLOCK_REALTIME').leap(1, -50n),
      50n,
      110n,
      'CLOCK_REALTIME',
    );
    expect(judge(leap)).toBe('vacuous');
  });

  test('a publication by another vCPU may take from the line, by bound B2', () => {
    // 1000 cycles after the sample, mult falls by an eighth: 125 ns, and 1.
    const slower = (ns: bigint, setup: Setup) => {
      const read = call(booted().sampled(1, MS, MULT), MS + 1_000n, MS + 1_000n);
      return judge(page(read.published(1, MS + 1_000n, (MULT * 7n) / 8n), ns, MS + 1_001n), setup);
    };
    expect(slower(MS + 874n, { vcpus: 2 })).toBe('holds 1');
    expect(slower(MS + 873n, { vcpus: 2 })).toMatch('violated');
    expect(slower(MS + 874n, { vcpus: 2, strict: ['publication'] })).toMatch('violated');
  });

  test('a subject that does not say when it publishes declares how long it takes', () => {
    // 1 ms of the range that is declared, 2 ppm, and 1 ns; the counter's unit of mult is 0.24 ppm of it.
    const ratePpb = { lowest: -1_000n, highest: 1_000n };
    const setup: Setup = { vcpus: 2, declared: { publicationNs: MS, ratePpb } };
    const then = (ns: bigint, of: Setup) => judge(page(call(booted(), MS, MS), ns, MS + 1n), of);
    expect(then(MS - 4n, setup)).toBe('holds 1');
    expect(then(MS - 5n, setup)).toMatch('violated');
    expect(then(MS - 1n, { ...setup, strict: ['publication'] })).toMatch('violated');
    expect(then(MS - 1n, { vcpus: 2, declared: { publicationNs: 0n, ratePpb } })).toMatch(
      'violated',
    );
  });

  test('while a tick is being published the page may be new already', () => {
    const open = call(booted().sampled(1, MS, MULT), MS, MS);
    expect(judge(page(open, 0n, MS))).toBe('vacuous');
  });

  test('a generic vDSO may jump where its counter may be behind', () => {
    const setup: Setup = {
      vcpus: 2,
      clocksource: {
        name: 'arch_sys_counter',
        freq: 24_000_000n,
        scale: 1n,
        widthBits: 56,
        nonstop: false,
      },
      declared: { skewNs: 100n },
    };
    const behind = (at: bigint) => page(call(new Story().boot(2).at(at), 5n, 5n), 2n ** 50n, 5n);
    expect(judge(behind(200n), setup)).toBe('vacuous');
    expect(judge(behind(201n), setup)).toMatch('violated');
    expect(judge(behind(200n), { ...setup, strict: ['generic-vdso-behind'] })).toMatch('violated');
    const stopping = new Story().boot(2).at(MS).stop(1);
    expect(judge(page(call(stopping, 5n, 5n), 2n ** 50n, 5n), setup)).toBe('vacuous');
    const written = page(call(new Story().boot(2).at(MS).tick(1, 0n), 5n, 5n), 2n ** 50n, 5n);
    expect(judge(written, setup)).toBe('vacuous');
  });

  test('reads on one path alone are no test', () => {
    expect(judge(call(call(booted(), 7n, 5n), 8n, 6n))).toBe('vacuous');
  });
});
