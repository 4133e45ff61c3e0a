import { describe, expect, test } from 'vitest';
import { ADJ_FREQUENCY } from '../../src/contract/timex.js';
import { rawIgnoresAdjtimex } from '../../src/properties/raw-ignores-adjtimex.js';
import { Story } from './events.js';
import { ACPI_PM, MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(rawIgnoresAdjtimex, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
const fast = { timex: { modes: ADJ_FREQUENCY }, freq: 500n * 65_536n };

describe('raw-ignores-adjtimex', () => {
  test('RAW grows by the nominal ns of the cycles, to 2 ns', () => {
    // kvm-clock: a cycle is a ns.
    const story = (ns: bigint) => judge(booted().raw(0, 0n, 50n).adjust(0, fast).raw(0, ns, 150n));
    expect(story(102n)).toBe('holds 1');
    expect(story(103n)).toBe('violated: 103 ns on vCPU 0: 1 ns too much');
    expect(story(98n)).toBe('holds 1');
    expect(story(97n)).toBe('violated: 97 ns on vCPU 0: 1 ns too little');
  });

  test('the bound is around the floor of the cycles', () => {
    // ACPI PM: 3 cycles are 838.09 ns; 2343484437 * 3 >> 23 = 838.
    const story = (ns: bigint) =>
      judge(booted().raw(0, 0n, 0n).raw(0, ns, 3n), { clocksource: ACPI_PM });
    expect(story(840n)).toBe('holds 1');
    expect(story(841n)).toMatch('1 ns too much');
    expect(story(836n)).toBe('holds 1');
    expect(story(835n)).toMatch('1 ns too little');
  });

  test('a ns lost at each tick adds up', () => {
    const story = booted().raw(0, 0n, 0n);
    for (let tick = 1n; tick <= 3n; tick++)
      story.tick(0, tick * 100n).raw(0, tick * 99n, tick * 100n);
    expect(judge(story)).toMatch('297 ns on vCPU 0: 1 ns too little');
  });

  test('a snapshot is a witness like a read', () => {
    const story = booted().snapshot(0, { counter: 0n, rawNs: 0n });
    expect(judge(story.snapshot(1, { counter: 100n, rawNs: 103n }))).toMatch('1 ns too much');
  });

  test('it is the counter that counts, on whichever vCPU and in whatever order', () => {
    expect(judge(booted().raw(0, 100n).raw(1, 50n).raw(0, 100n))).toBe('holds 1');
    expect(judge(booted().raw(0, 100n).raw(1, 153n, 150n))).toMatch('1 ns too much');
  });

  test('is vacuous without counters, with one read, and of other clocks', () => {
    expect(judge(booted().raw(0, 0n, null).raw(0, 9n, null))).toBe('vacuous');
    expect(judge(booted().raw(0, 0n))).toBe('vacuous');
    expect(judge(booted().monotonic(0, 0n, 0n).monotonic(0, 9n, 1n))).toBe('vacuous');
    const nmi = booted().raw(0, 0n).read(0, 'CLOCK_MONOTONIC_RAW', 9n, 1n, 'nmi');
    expect(judge(nmi)).toBe('vacuous');
  });

  test('says the bound, and shows both reads', () => {
    const story = booted().raw(0, 0n, 50n).raw(1, 103n, 150n);
    expect(verdictOf(rawIgnoresAdjtimex, { vcpus: 2 }, story.events)).toMatchObject({
      violation: {
        expected:
          'CLOCK_MONOTONIC_RAW at most 102 ns at counter 150: 0 ns at 50 on vCPU 0, and the cycles ' +
          'between at the nominal rate',
        evidence: story.events.slice(-2),
      },
    });
    const back = verdictOf(rawIgnoresAdjtimex, {}, booted().snapshot(0, {}).raw(0, 9n, 12n).events);
    expect(back).toMatchObject({
      violation: { expected: expect.stringContaining('at least 10 ns at counter 12: 0 ns at 0') },
    });
  });
});

describe('raw-ignores-adjtimex, counters that are moved', () => {
  const stopped = (story: Story): Story => story.at(100n).stop(0, 1).at(SEC).start(0, 1);

  test('RAW follows a counter that a stop moved forward', () => {
    const story = (ns: bigint) => judge(stopped(booted().raw(0, 10n)).raw(0, ns, 5_010n));
    expect(story(5_010n)).toBe('holds 1');
    expect(story(5_007n)).toMatch('too little');
  });

  test('behind cycle_last RAW shows its value', () => {
    const story = (ns: bigint) =>
      judge(stopped(booted().raw(0, 10n).tick(0, 50n)).raw(0, ns, 5n).raw(0, ns, 20n));
    expect(story(50n)).toBe('holds 2');
    expect(story(53n)).toMatch('1 ns too much');
  });

  test('where cycle_last is not known, reads behind the earlier ones are left out', () => {
    const moved = stopped(booted().raw(0, 100n)).raw(0, 100n, 5n).raw(0, 100n, 20n);
    expect(judge(moved.raw(0, 120n, 120n))).toBe('holds 1');
  });

  test('a writer that has read nothing since the stop ends the line', () => {
    const story = stopped(booted().raw(0, 100n)).set(0, 5n).raw(0, 100n, 40n).raw(0, 160n, 100n);
    expect(judge(story)).toBe('holds 1');
    const trusted = stopped(booted().raw(0, 100n)).raw(0, 110n).set(0, 5n).raw(0, 123n, 120n);
    expect(judge(trusted)).toMatch('too much');
  });

  test('after a write, a stop makes reads wait for a tick', () => {
    for (const move of [stopped, (story: Story) => story.migrate()]) {
      const story = move(booted().raw(0, 100n).set(0, 5n)).raw(0, 190n, 150n).tick(0, 200n);
      expect(judge(story.raw(0, 250n))).toBe('holds 1');
    }
    // A vCPU that was not stopped with them goes on.
    const boot = new Story().boot(1).raw(0, 100n).set(0, 5n).start(1).raw(0, 153n, 150n);
    expect(judge(boot)).toMatch('too much');
  });

  test('a suspend ends the line: RAW does not count it', () => {
    const story = booted().raw(0, 10n).suspend().at(SEC).resume().raw(0, 10n, SEC);
    expect(judge(story)).toBe('vacuous');
    expect(judge(story.raw(0, 53n, SEC + 40n))).toMatch('1 ns too much');
    const straddles = booted().raw(0, 10n).suspend().at(50n).resume();
    straddles.at(40n, 60n).raw(0, 99n, 1n).at(70n).raw(0, 10n, 50n);
    expect(judge(straddles)).toBe('vacuous');
  });

  test('a restored life goes on with the line of its snapshot', () => {
    const restored = (ns: bigint) => {
      const story = booted().raw(0, 10n).at(100n).save(0).raw(0, 500n).at(SEC).restore(0, 1);
      return judge(story.start(0, 1).raw(0, ns, 50n));
    };
    expect(restored(52n)).toBe('holds 2');
    expect(restored(53n)).toMatch('1 ns too much');
  });

  test('reads that may not have ended before the snapshot are not handed down', () => {
    const story = booted().at(90n, 110n).raw(0, 10n).at(100n).save(0).restore(0, 1).start(0, 1);
    expect(judge(story.raw(0, 99n, 50n))).toBe('vacuous');
    const early = booted().raw(0, 10n, 10n).at(90n, 110n).raw(0, 12n, 10n).at(100n).save(0);
    expect(judge(early.restore(0, 1).start(0, 1).raw(0, 99n, 50n))).toBe('holds 1');
    expect(judge(booted().save(0).restore(0, 1).start(0, 1).raw(0, 99n, 50n))).toBe('vacuous');
  });
});

describe('raw-ignores-adjtimex, narrow counters', () => {
  const narrow: Setup = { clocksource: ACPI_PM };
  /** 2^24 cycles in ns: 2^24 * 2343484437 >> 23 = 4686968874. */
  const WRAP = 4_686_968_874n;

  test('the counter goes on beyond its width', () => {
    const story = (ns: bigint) => {
      const wraps = booted()
        .raw(0, 0n, 0n)
        .at(2n * SEC)
        .tick(0, 7_159_090n)
        .raw(0, 2n * SEC, 7_159_090n);
      wraps
        .at(4n * SEC)
        .tick(0, 14_318_180n)
        .raw(0, 4n * SEC, 14_318_180n)
        .at(WRAP)
        .tick(0, 0n);
      return judge(wraps.raw(0, ns, 0n), narrow);
    };
    expect(story(WRAP)).toBe('holds 3');
    expect(story(WRAP - 10n)).toMatch('too little');
  });

  test('reads further apart than half of it are not compared', () => {
    const story = booted()
      .raw(0, 0n, 0n)
      .at(3n * SEC)
      .tick(0, 0n)
      .raw(0, 9n, 1n);
    expect(judge(story, narrow)).toBe('vacuous');
    const back = booted()
      .at(3n * SEC)
      .raw(0, 0n, 0n)
      .tick(0, 0n)
      .at(SEC / 2n, 3n * SEC)
      .raw(1, 9n, 1n);
    expect(judge(back, narrow)).toBe('vacuous');
    const untied: Setup = { ...narrow, declared: { counterPpb: null }, strict: ['narrow-counter'] };
    expect(judge(booted().raw(0, 0n, 0n).raw(0, 9n, 1n), untied)).toBe('vacuous');
  });

  test('behind cycle_last the guest sees a wrap: the line ends', () => {
    const story = booted().raw(0, 100n, 100n).raw(0, 9n, 50n).raw(0, 289n, 51n);
    expect(judge(story, narrow)).toBe('vacuous');
  });
});

describe('raw-ignores-adjtimex, skew', () => {
  const skewed: Setup = { declared: { skewNs: 300n } };

  test('a reader may be behind cycle_last until a tick tells it', () => {
    expect(judge(booted().raw(0, 300n, 0n).raw(1, 300n, 300n), skewed)).toBe('vacuous');
    const story = booted().tick(0, 300n).raw(1, 300n, 100n).raw(0, 303n, 300n);
    expect(judge(story, skewed)).toMatch('1 ns too much');
    expect(judge(booted().tick(0, 300n).raw(1, 300n, 100n).raw(0, 302n, 300n), skewed)).toBe(
      'holds 1',
    );
  });

  test('each writer may lift the line by the skew, except under strict', () => {
    // 300 ns more by the writer.
    const story = (ns: bigint): Story =>
      booted().tick(0, 0n).raw(0, 0n).set(0, 5n).raw(0, 9n, 9n).tick(0, 100n).raw(0, ns, 100n);
    expect(judge(story(402n), skewed)).toBe('holds 1');
    expect(judge(story(403n), skewed)).toMatch('1 ns too much');
    expect(judge(story(97n), skewed)).toMatch('1 ns too little');
    const strict: Setup = { ...skewed, strict: ['negative-motion'] };
    expect(judge(story(103n), strict)).toMatch('1 ns too much');
  });

  test('without tick events every read may be behind', () => {
    const recorded: Setup = { declared: { skewNs: 300n, publicationNs: 0n } };
    const story = (ns: bigint) => judge(booted().raw(0, 0n).raw(1, ns, 500n), recorded);
    expect(story(802n)).toBe('holds 1');
    expect(story(803n)).toMatch('1 ns too much');
    expect(judge(booted().raw(0, 500n).raw(1, 200n).raw(1, 199n), recorded)).toBe('holds 1');
  });
});

test('a multiplier that NTP changed does not matter to RAW', () => {
  const story = booted()
    .raw(0, 0n)
    .tick(0, 50n, MULT + 838_860n, MULT)
    .raw(0, 110n, 100n);
  expect(judge(story)).toMatch('110 ns on vCPU 0: 8 ns too much');
});
