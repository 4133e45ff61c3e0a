import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import { FOREVER } from '../../src/contract/units.js';
import { timeline } from '../../src/report/timeline.js';
import { COUNTEREXAMPLE, read, started, step, stopped, tick } from './examples.js';

const WIDE = { columns: 100, rich: false };
const PAGE = { columns: 80, rich: false };
const { events, violation } = COUNTEREXAMPLE;

function drawn(lines: readonly string[]): string {
  return lines.map((line) => line.trimEnd()).join('\n');
}

describe('timeline', () => {
  test('host and vCPU stand side by side, and the evidence is marked', () => {
    expect(drawn(timeline(events, violation.evidence, PAGE))).toBe(
      [
        'host time       host             vCPU 0',
        '+5.000000000 s                >> read CLOCK_MONOTONIC  5.000000000 s',
        '+5.000000000 s  pause-vcpu 0     stopped',
        '+6.499999999 s  run-vcpu 0       runs',
        '+6.500000000 s                >> read CLOCK_MONOTONIC  3.000000000 s',
        '                                 back by               2.000000000 s',
      ].join('\n'),
    );
  });

  test('evidence that was read from a file is found by its content', () => {
    const copies = structuredClone(violation.evidence);
    expect(timeline(events, copies, PAGE)).toEqual(timeline(events, violation.evidence, PAGE));
  });

  test('without events the evidence is shown alone', () => {
    expect(drawn(timeline([], violation.evidence, PAGE))).toBe(
      [
        'host time          vCPU 0',
        '+5.000000000 s  >> read CLOCK_MONOTONIC  5.000000000 s',
        '+6.500000000 s  >> read CLOCK_MONOTONIC  3.000000000 s',
        '                   back by               2.000000000 s',
      ].join('\n'),
    );
  });

  test('a second actor that does not fit is named in the line instead', () => {
    const both = [read(0n, 5n), read(10n, 9n, 1)];
    expect(drawn(timeline(both, both, WIDE)).split('\n')[0]).toContain('vCPU 1');
    expect(drawn(timeline(both, both, { columns: 60, rich: false }))).toBe(
      [
        '>> +0.000000000 s  vCPU 0  read MONOTONIC 0.000000005 s',
        '>> +0.000000010 s  vCPU 1  read MONOTONIC 0.000000009 s',
        '                           later by 0.000000004 s',
      ].join('\n'),
    );
  });

  test('before that, the names of clocks lose their prefix', () => {
    const both = [read(0n, 5n), read(10n, 9n, 1)];
    const lines = timeline(both, both, { columns: 92, rich: false });
    expect(lines[0]).toContain('vCPU 1');
    expect(lines[1]).toContain('>> read MONOTONIC  ');
  });

  test.each([40, 60, 80, 100])('no line is longer than %i columns', (columns) => {
    for (const line of timeline(events, violation.evidence, { columns, rich: false })) {
      expect(line.trimEnd().length).toBeLessThanOrEqual(columns);
    }
  });

  test('dull stretches of a long run are counted and left out', () => {
    const dull = Array.from({ length: 40 }, (_, at) => BigInt(at) * 1000n + 1n).flatMap((at) => [
      read(at, at),
      ...tick(at + 1n),
    ]);
    const lines = timeline([...dull, ...events], violation.evidence, PAGE);
    expect(lines.length).toBeLessThan(12);
    expect(drawn(lines)).toContain('...  40 reads, 39 ticks');
  });

  test('of a long story the steps next to the evidence stay', () => {
    const story = Array.from({ length: 60 }, (_, at) => step(BigInt(at), `step-${at}`));
    const proof = read(60n, 1n);
    const text = drawn(timeline([...story, proof], [proof], PAGE));
    expect(text).toContain('step-59');
    expect(text).not.toContain('step-20\n');
    expect(text).toContain('host steps');
  });

  test('an instant that is an interval, or unknown, says so', () => {
    const vague: Event = { ...read(1_000n, 5n), latestNs: 3_000n };
    const unknown: Event = { ...read(0n, 5n), latestNs: FOREVER };
    const text = drawn(timeline([read(0n, 4n), vague, unknown], [vague], PAGE));
    expect(text).toContain('~0.000001000 s  >> read');
    expect(text).toContain('             ?');
    expect(text).toContain('between this and 0.000002000 s later');
  });

  test('a tick whose halves lie apart shows both', () => {
    const [sampled, published] = tick(5n);
    if (sampled === undefined || published === undefined) throw new Error('a tick has two halves');
    const text = drawn(timeline([sampled, read(6n, 1n, 1), published], [], WIDE));
    expect(text).toContain('tick samples the counter');
  });

  test('a second VM has lanes of its own, and its boot is shown', () => {
    const vmm = { vm: 1, task: 'vmm' } as const;
    const stamp = { incarnation: 1, earliestNs: 7n, latestNs: 7n };
    const second: Event[] = [
      { kind: 'booted', actor: { vm: 0, task: 'vmm' }, ...stamp, earliestNs: 0n, host: 0 },
      { kind: 'booted', actor: vmm, ...stamp, host: 0 },
      { ...read(8n, 1n), actor: { vm: 1, vcpu: 0 } },
    ];
    const text = drawn(timeline([...second, stopped(9n), started(10n)], [], WIDE));
    expect(text).toContain('vm 1 host');
    expect(text).toContain('vm 1 vCPU 0');
    expect(text).toContain('boot on host 0');
  });
});
