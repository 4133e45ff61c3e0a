import { describe, expect, test } from 'vitest';
import type { ReadPath } from '../../src/contract/clock.js';
import { ADJ_STATUS, STA_DEL, STA_INS } from '../../src/contract/timex.js';
import { realtimeIsOneClockEverywhere as law } from '../../src/properties/realtime-is-one-clock-everywhere.js';
import { Story } from './events.js';
import { MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const AT = 5n * SEC;
const judge = (story: Story, setup: Setup = { vcpus: 2 }): string =>
  summary(verdictOf(law, setup, story.events));

const real = (story: Story, via: ReadPath, ns: bigint, counter = AT, vcpu = 0): Story =>
  story.read(vcpu, 'CLOCK_REALTIME', ns, counter, via);
const coarse = (story: Story, via: ReadPath, ns: bigint): Story =>
  story.read(0, 'CLOCK_REALTIME_COARSE', ns, null, via);
const asked = (story: Story, ns: bigint, status = 0x40): Story =>
  story.adjust(0, {
    timex: { modes: 0 },
    status,
    at: { counter: AT, sec: ns / SEC, nsec: ns % SEC, tai: 0n },
  });
const booted = (): Story => new Story().boot(2).at(SEC);
const announced = (status: number): Story =>
  booted().adjust(0, { timex: { modes: ADJ_STATUS, status }, status });

describe('realtime-is-one-clock-everywhere', () => {
  test('every path shows the same at one counter value', () => {
    const story = real(real(real(booted(), 'syscall', AT), 'vdso', AT), 'nmi', AT, AT, 1);
    expect(judge(real(story, 'timer-base', AT))).toBe('holds 3');
  });

  test('one that differs is a violation', () => {
    for (const via of ['vdso', 'nmi', 'timer-base'] as const) {
      expect(judge(real(real(booted(), 'syscall', AT), via, AT - SEC))).toMatch('violated');
      expect(judge(real(real(booted(), via, AT - SEC), 'syscall', AT))).toMatch('violated');
    }
    const sample = booted().snapshot(0, { counter: AT, realtimeNs: AT });
    expect(judge(real(sample, 'syscall', AT + 1n))).toMatch('violated');
  });

  test('adjtimex shows whole µs of it', () => {
    expect(judge(asked(real(booted(), 'syscall', AT + 999n), AT))).toBe('holds 1');
    expect(judge(asked(real(booted(), 'syscall', AT + 1_000n), AT))).toMatch('violated');
    expect(judge(asked(real(booted(), 'syscall', AT), AT + 1n))).toMatch('violated');
  });

  test('a leap second that is due may be missing in timer bases and adjtimex, where it was announced', () => {
    const due = (story: Story) => real(real(story, 'syscall', AT), 'timer-base', AT - SEC);
    expect(judge(due(announced(STA_INS)))).toBe('holds 1');
    expect(judge(due(booted()))).toMatch('violated');
    const told = asked(real(announced(STA_INS), 'syscall', AT), AT - SEC, STA_INS);
    expect(judge(told)).toBe('holds 1');
    expect(judge(real(told, 'timer-base', AT))).toMatch('violated');
  });

  test('of a deletion adjtimex alone is one ahead', () => {
    const real1 = () => real(announced(STA_DEL), 'syscall', AT);
    expect(judge(asked(real1(), AT + SEC, STA_DEL))).toBe('holds 1');
    expect(judge(real(real1(), 'timer-base', AT + SEC))).toMatch('violated');
  });

  test('files are stamped with what REALTIME_COARSE is on every path', () => {
    const stamped = (ns: bigint) => coarse(coarse(booted(), 'syscall', AT), 'file-stamp', ns);
    expect(judge(stamped(AT))).toBe('holds 1');
    expect(judge(stamped(AT + 1n))).toMatch('violated');
  });

  test('across a publication, a set, a stop or another counter value nothing is compared', () => {
    const then = (story: Story) => judge(real(story, 'vdso', 0n));
    const first = () => real(booted(), 'syscall', AT);
    expect(then(first().tick(0, 0n))).toBe('vacuous');
    expect(then(first().set(0, 0n))).toBe('vacuous');
    expect(then(first().stop(0).start(0))).toBe('vacuous');
    expect(judge(real(first(), 'vdso', 0n, AT + 1n))).toBe('vacuous');
  });

  test('while a tick is published the page and the latch may be ahead', () => {
    const open = () => booted().sampled(1, AT, MULT);
    expect(judge(real(real(open(), 'syscall', AT), 'vdso', AT + 9n))).toBe('vacuous');
    expect(judge(real(real(open(), 'syscall', AT), 'timer-base', AT + 9n))).toMatch('violated');
  });

  test('a subject that does not say when it publishes has no moment to compare at', () => {
    const blind: Setup = { vcpus: 2, declared: { publicationNs: 1_000n } };
    const stamped = coarse(coarse(booted(), 'syscall', AT), 'syscall', AT + SEC);
    expect(judge(stamped, blind)).toBe('vacuous');
    expect(judge(real(real(booted(), 'syscall', AT), 'vdso', 0n), blind)).toBe('vacuous');
  });

  test('one view alone is no test', () => {
    expect(judge(real(booted(), 'syscall', AT))).toBe('vacuous');
  });
});
