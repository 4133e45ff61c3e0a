import { describe, expect, test } from 'vitest';
import { CLOCK_IDS } from '../../src/contract/clock.js';
import { FOREVER } from '../../src/contract/units.js';
import { monotonicNeverDecreases } from '../../src/properties/monotonic-never-decreases.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(monotonicNeverDecreases, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);

describe('monotonic-never-decreases', () => {
  test('holds where a later read is equal, breaks where it is 1 ns lower', () => {
    expect(judge(booted().monotonic(0, 100n).at(5n).monotonic(0, 100n))).toBe('holds 1');
    expect(judge(booted().monotonic(0, 100n).at(5n).monotonic(0, 99n))).toBe(
      'violated: 99 ns on vCPU 0: 1 ns back',
    );
  });

  test('is vacuous without two reads that are ordered', () => {
    expect(judge(booted().monotonic(0, 100n))).toBe('vacuous');
    expect(judge(booted().monotonic(0, 100n).monotonic(1, 50n))).toBe('vacuous');
  });

  test('binds the clocks that cannot be set, and each by itself', () => {
    const bound = CLOCK_IDS.filter((clock) => {
      const story = booted().read(0, clock, 100n).at(5n).read(0, clock, 99n);
      return judge(story) !== 'vacuous';
    });
    expect(bound).toEqual([
      'CLOCK_MONOTONIC',
      'CLOCK_MONOTONIC_RAW',
      'CLOCK_BOOTTIME',
      'CLOCK_MONOTONIC_COARSE',
    ]);
    expect(judge(booted().monotonic(0, 100n).at(5n).boottime(0, 99n))).toBe('vacuous');
  });

  test('leaves out the NMI-safe path', () => {
    const nmi = (story: Story, ns: bigint) => story.read(0, 'CLOCK_MONOTONIC', ns, null, 'nmi');
    expect(judge(nmi(booted().monotonic(0, 100n), 99n).monotonic(0, 100n))).toBe('holds 1');
    expect(judge(nmi(booted(), 101n).monotonic(0, 100n))).toBe('vacuous');
  });

  test('says the bound, and shows both reads', () => {
    const story = booted().at(1n).monotonic(0, 100n).at(5n).monotonic(1, 40n);
    const verdict = verdictOf(monotonicNeverDecreases, { vcpus: 2 }, story.events);
    expect(verdict).toMatchObject({
      violation: {
        expected: 'CLOCK_MONOTONIC at or past 100 ns, read earlier on vCPU 0',
        observed: '40 ns on vCPU 1: 60 ns back',
        evidence: story.events.slice(-2),
      },
    });
  });
});

describe('monotonic-never-decreases, order', () => {
  test('a read that overlaps another vCPU’s last ones is bound by those before', () => {
    // Begun at 3: after the read of 20 at 2, and with that of 30 at 3.
    const overlapping = (ns: bigint) => {
      const story = booted();
      for (let at = 1n; at <= 4n; at++) story.at(at).monotonic(0, at * 10n);
      return judge(story.at(3n, 10n).monotonic(1, ns));
    };
    expect(overlapping(20n)).toBe('holds 4');
    expect(overlapping(19n)).toMatch('1 ns back');
  });

  test('of the reads before the last few only the highest is remembered', () => {
    const overlapping = (beganNs: bigint, ns: bigint) => {
      const story = booted();
      for (let at = 1n; at <= 20n; at++) story.at(at).monotonic(0, at * 10n);
      return judge(story.at(beganNs, 21n).monotonic(1, ns));
    };
    // Read 5 was forgotten for read 16, which is not before: that weakens the law.
    expect(overlapping(6n, 1n)).toBe('holds 19');
    expect(overlapping(17n, 159n)).toMatch('1 ns back');
  });

  test('of reads at one instant the highest counts', () => {
    const story = booted().at(1n).monotonic(0, 10n).monotonic(0, 12n).at(2n);
    expect(judge(story.monotonic(1, 11n))).toMatch('1 ns back');
  });

  test('unknown stamps order nothing between vCPUs', () => {
    const story = booted().at(0n, FOREVER).monotonic(0, 100n).monotonic(1, 50n);
    expect(judge(story.monotonic(0, 100n))).toBe('holds 1');
  });

  test('a read that the machine has no vCPU for is nobody’s', () => {
    expect(judge(booted().monotonic(0, 100n).at(5n).monotonic(7, 9n))).toBe('vacuous');
  });

  test('two VMs have two times', () => {
    const story = booted().monotonic(0, 100n).in(0, 1).boot(2).at(5n).monotonic(0, 1n);
    expect(judge(story, { vms: 2 })).toBe('vacuous');
  });

  test('an event of a VM that the machine does not have is the subject’s fault', () => {
    expect(() => judge(new Story().in(0, 3).boot())).toThrow('VM 3; the machine has 1');
  });
});

describe('monotonic-never-decreases, snapshots', () => {
  const saved = (): Story => booted().at(10n).monotonic(0, 100n).stop(0, 1).at(11n).save(0);

  test('a read after the restore is bound by those before the snapshot', () => {
    const restored = (ns: bigint) =>
      judge(saved().at(50n).restore(0, 1).start(0, 1).at(51n).monotonic(1, ns));
    expect(restored(100n)).toBe('holds 1');
    expect(restored(99n)).toMatch('1 ns back');
  });

  test('what was read after the snapshot does not bind the restored life', () => {
    const story = saved().start(0, 1).at(20n).monotonic(0, 500n).restore(0, 1).start(0, 1);
    expect(judge(story.at(51n).monotonic(0, 101n))).toBe('holds 2');
  });

  test('two clones do not bind each other', () => {
    const story = saved().at(20n).restore(0, 1).start(0).monotonic(0, 500n);
    expect(judge(story.at(30n).restore(0, 2).start(0).monotonic(0, 101n))).toBe('holds 2');
  });

  test('a read that may not have ended before the snapshot is not handed down', () => {
    const story = booted().at(10n, 12n).monotonic(0, 100n).at(11n).save(0);
    expect(judge(story.at(50n).restore(0, 1).monotonic(0, 1n))).toBe('vacuous');
  });

  test('all that is remembered is handed down', () => {
    const story = booted();
    for (let at = 1n; at <= 9n; at++) story.at(at).monotonic(0, at * 10n);
    story.at(9n, 60n).monotonic(1, 200n).at(20n).save(0).at(50n).restore(0, 1);
    expect(judge(story.at(51n).monotonic(1, 89n))).toMatch('1 ns back');
  });

  test('a boot starts from nothing', () => {
    expect(judge(booted().monotonic(0, 100n).at(5n).boot(2).monotonic(0, 1n))).toBe('vacuous');
  });

  test('a migration is no new life', () => {
    const story = booted().monotonic(0, 100n).migrate().at(5n);
    expect(judge(story.monotonic(0, 99n))).toMatch('1 ns back');
  });
});

describe('monotonic-never-decreases, skew', () => {
  const skewed: Setup = { declared: { skewNs: 300n } };

  test('another vCPU may be lower by the declared skew at the highest rate, the same may not', () => {
    // hi is 1 + 1 LSB of mult: 300 ns become 301 whole ns of the clock at most (rounded up).
    const story = (vcpu: number, ns: bigint) =>
      judge(booted().monotonic(0, 1_000n).at(5n).monotonic(vcpu, ns), skewed);
    expect(story(1, 699n)).toBe('holds 1');
    expect(story(1, 698n)).toMatch('302 ns back');
    expect(story(0, 999n)).toMatch('1 ns back');
  });

  test('a coarse clock shows what was published: no skew', () => {
    const story = booted().read(0, 'CLOCK_MONOTONIC_COARSE', 100n).at(5n);
    expect(judge(story.read(1, 'CLOCK_MONOTONIC_COARSE', 99n), skewed)).toMatch('1 ns back');
  });

  test('a vCPU behind the one that sets the clock may lose the fraction of a ns', () => {
    const story = (ns: bigint) =>
      judge(booted().monotonic(0, 100n).set(1, 5n).at(5n).monotonic(0, ns), skewed);
    expect(story(99n)).toBe('holds 1');
    expect(story(98n)).toMatch('2 ns back');
  });

  test('a resume by another vCPU may put each vCPU back by the skew', () => {
    const story = (ns: bigint) =>
      judge(booted().monotonic(0, 1_000n).suspend(0).resume(1).at(5n).monotonic(0, ns), skewed);
    expect(story(699n)).toBe('holds 1');
    expect(story(698n)).toMatch('302 ns back');
  });
});
