import { describe, expect, test } from 'vitest';
import { boottimeCountsStoppedTime } from '../../src/properties/boottime-counts-stopped-time.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(boottimeCountsStoppedTime, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
/** BOOTTIME `aheadNs` ahead of MONOTONIC. */
const ahead = (story: Story, aheadNs: bigint): Story =>
  story.snapshot(0, { monotonicNs: 50n, boottimeNs: 50n + aheadNs });
/** Stopped for a second, and handled. */
const stopped = (story: Story): Story =>
  story
    .at(100n)
    .stop(0, 1)
    .at(SEC + 100n)
    .start(0, 1)
    .handled();

describe('boottime-counts-stopped-time', () => {
  test('BOOTTIME gains the stop, to q and s', () => {
    // q = 1 ns for values of one sample, s = 1 ns.
    const story = (ns: bigint) => judge(ahead(stopped(ahead(booted(), 0n)), ns));
    expect(story(SEC)).toBe('holds 1');
    expect(story(SEC + 2n)).toBe('holds 1');
    expect(story(SEC - 2n)).toBe('holds 1');
    expect(story(SEC + 3n)).toBe('violated: 1000000003 ns ahead: 1 ns too much');
    expect(story(SEC - 3n)).toBe('violated: 999999997 ns ahead: 1 ns too little');
  });

  test('without time away it stays where it is', () => {
    const story = (ns: bigint) => judge(ahead(ahead(booted(), 5n).at(SEC), ns));
    expect(story(6n)).toBe('holds 1');
    expect(story(7n)).toMatch('1 ns too much');
    expect(story(3n)).toMatch('1 ns too little');
  });

  test('one sample tests nothing', () => {
    expect(judge(ahead(booted(), 0n))).toBe('vacuous');
  });

  test('each stop may be off by s', () => {
    const story = (ns: bigint) => {
      const twice = stopped(ahead(booted(), 0n))
        .at(2n * SEC)
        .stop(0, 1);
      return judge(
        ahead(
          twice
            .at(3n * SEC)
            .start(0, 1)
            .handled(),
          ns,
        ),
      );
    };
    expect(story(2n * SEC + 3n)).toBe('holds 1');
    expect(story(2n * SEC + 4n)).toMatch('1 ns too much');
  });

  test('samples before a stop has settled are not judged', () => {
    const unhandled = ahead(booted(), 0n).at(100n).stop(0, 1).at(SEC).start(0, 1);
    expect(judge(ahead(unhandled, 0n))).toBe('vacuous');
    const partly = ahead(booted(), 0n).at(100n).stop(0, 1).at(SEC).start(0).handled();
    expect(judge(ahead(partly, 0n))).toBe('vacuous');
    expect(judge(ahead(partly.start(1), 0n))).toMatch('too little');
  });

  test('not settling in time is a violation, not settling by the end of the run is none', () => {
    const unsettled = (ns: bigint) => {
      const story = ahead(booted(), 0n).at(100n).stop(0, 1).at(SEC).start(0, 1);
      return judge(story.at(SEC + ns).monotonic(0, 5n));
    };
    expect(unsettled(SEC)).toBe('vacuous');
    expect(unsettled(SEC + 1n)).toBe('violated: not settled after 1000000001 ns');
    const late = booted()
      .stop(0, 1)
      .start(0, 1)
      .at(SEC + 1n)
      .handled();
    expect(judge(late)).toMatch('not settled');
  });

  test('only time in which all vCPUs run counts toward settling', () => {
    const story = booted()
      .stop(0, 1)
      .start(0, 1)
      .at(SEC)
      .stop(1)
      .at(9n * SEC)
      .start(1);
    expect(judge(story.monotonic(0, 5n))).toBe('vacuous');
    expect(judge(story.at(9n * SEC + 1n).monotonic(0, 5n))).toMatch('1000000001');
  });

  test('says the bound, and shows the samples with the stop', () => {
    const story = ahead(stopped(ahead(booted(), 0n)), 7n);
    expect(verdictOf(boottimeCountsStoppedTime, { vcpus: 2 }, story.events)).toMatchObject({
      violation: {
        expected:
          'CLOCK_BOOTTIME at least 999999998 ns ahead of CLOCK_MONOTONIC: it was by 0 ns, and the VM ' +
          'was away for 999999998 ns since, with what its stops may be off',
        evidence: [
          { kind: 'snapshot-taken' },
          { kind: 'vcpu-stopped' },
          { kind: 'vcpu-stopped' },
          { kind: 'vcpu-started' },
          { kind: 'vcpu-started' },
          { kind: 'snapshot-taken' },
        ],
      },
    });
  });

  test('a counter that is tied to nothing tells no stop, but that without one', () => {
    const untied: Setup = { declared: { counterPpb: null } };
    expect(judge(ahead(stopped(ahead(booted(), 0n)), 7n), untied)).toBe('vacuous');
    expect(judge(ahead(ahead(booted(), 0n).suspend().resume(), 7n), untied)).toBe('vacuous');
    expect(judge(ahead(ahead(booted(), 0n), 7n), untied)).toMatch('too much');
    const unsettled = booted()
      .stop(0, 1)
      .start(0, 1)
      .at(9n * SEC)
      .monotonic(0, 0n);
    expect(judge(unsettled, untied)).toBe('vacuous');
  });

  test('the error of the counter is s over the stop', () => {
    // 1000 ppb of a second: 1000 ns.
    const off: Setup = { declared: { counterPpb: 1_000n } };
    const story = (ns: bigint) => judge(ahead(stopped(ahead(booted(), 0n)), ns), off);
    expect(story(SEC + 1_002n)).toBe('holds 1');
    expect(story(SEC + 1_003n)).toMatch('1 ns too much');
  });
});

describe('boottime-counts-stopped-time, brackets', () => {
  /** g lies in [b − m2, b − m1]. */
  const bracket = (story: Story, m1: bigint, b: bigint, m2: bigint, vcpu = 0): Story =>
    story.monotonic(vcpu, m1).boottime(vcpu, b).monotonic(vcpu, m2);

  test('a BOOTTIME read between two MONOTONIC reads is a sample as wide as they are apart', () => {
    const story = (b: bigint) =>
      judge(bracket(stopped(bracket(booted(), 10n, 15n, 20n)), 30n, b, 30n));
    // g was in [−5, 5]; now exactly b − 30; s = 1.
    expect(story(SEC + 36n)).toBe('holds 1');
    expect(story(SEC + 37n)).toMatch('1 ns too much');
    expect(story(SEC + 24n)).toBe('holds 1');
    expect(story(SEC + 23n)).toMatch('1 ns too little');
  });

  test('other reads in between do not matter, those of another vCPU make no bracket', () => {
    const mixed = booted().monotonic(0, 10n).raw(0, 1n).boottime(0, 10n).raw(0, 1n);
    mixed.monotonic(0, 10n).monotonic(0, 11n).boottime(0, 30n).monotonic(0, 11n);
    expect(judge(mixed)).toMatch('too much');
    const two = booted().monotonic(0, 10n).boottime(1, 10n).monotonic(0, 10n).boottime(1, 90n);
    expect(judge(two.monotonic(0, 10n))).toBe('vacuous');
  });

  test('a stop, a suspend, a write, a tick and the end of a stop’s handling open a bracket', () => {
    const open: readonly ((story: Story) => Story)[] = [
      (story) => story.stop(0).start(0),
      (story) => story.suspend().resume(),
      (story) => story.set(0, 5n),
      (story) => story.tick(1, 5n),
      (story) => story.handled(),
    ];
    for (const between of open) {
      const story = between(booted().monotonic(0, 10n).boottime(0, 10n)).monotonic(0, 10n);
      expect(judge(between(story.boottime(0, 90n)).monotonic(0, 10n))).toBe('vacuous');
    }
  });

  test('reads that the machine has no vCPU for are nobody’s', () => {
    expect(judge(bracket(bracket(booted(), 1n, 1n, 1n, 7), 1n, 9n, 1n, 7))).toBe('vacuous');
  });

  test('without tick events MONOTONIC may be behind inside a bracket', () => {
    const declared = { publicationNs: 1_000n, ratePpb: { lowest: -100_000_000n, highest: 0n } };
    // A tenth of 1000 ns, and 1, to either side of both brackets.
    const story = (b: bigint): Story => bracket(bracket(booted(), 10n, 10n, 10n), 20n, b, 20n);
    expect(judge(story(222n), { declared })).toBe('holds 1');
    expect(judge(story(223n), { declared })).toMatch('1 ns too much');
    expect(judge(story(21n), { declared, strict: ['publication'] })).toMatch('1 ns too much');
    expect(judge(story(21n), { declared: { publicationNs: 0n } })).toMatch('1 ns too much');
  });
});

describe('boottime-counts-stopped-time, recorded intervals and snapshots', () => {
  test('a stop lasted from surely to at most', () => {
    const story = (ns: bigint) => {
      const recorded = ahead(booted(), 0n).at(100n, 120n).stop(0, 1).at(900n, 950n).start(0, 1);
      return judge(ahead(recorded.handled(), ns));
    };
    // At least 780, at most 850; q and s.
    expect(story(778n)).toBe('holds 1');
    expect(story(777n)).toMatch('1 ns too little');
    expect(story(852n)).toBe('holds 1');
    expect(story(853n)).toMatch('1 ns too much');
  });

  test('a restored life is owed the time since its snapshot', () => {
    const restored = (ns: bigint, stop: boolean) => {
      const story = ahead(booted(), 0n).at(100n);
      if (stop) story.stop(0, 1);
      story.save(0).at(500n).restore(0, 1).at(1_100n).start(0, 1).handled();
      return judge(ahead(story, ns));
    };
    for (const stop of [true, false]) {
      expect(restored(1_002n, stop)).toBe('holds 1');
      expect(restored(1_003n, stop)).toMatch('1 ns too much');
      expect(restored(997n, stop)).toMatch('1 ns too little');
    }
  });

  test('a sample that may not have ended before the snapshot is not handed down', () => {
    const story = ahead(booted().at(90n, 110n), 0n).at(100n).save(0).restore(0, 1).start(0, 1);
    expect(judge(ahead(story.handled(), 5n))).toBe('vacuous');
  });
});
