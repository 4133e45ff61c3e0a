import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/contract/event.js';
import { Accumulation, gainPerWriterNs } from '../../src/properties/known-limits.js';
import { nominalOf } from '../../src/properties/nominal.js';
import { Story } from './events.js';
import { ACPI_PM, MULT, premisesOf, type Setup } from './premises.js';

const SEC = 1_000_000_000n;

/** Shows a story; each read says whether the gap before it may be too long. */
function overdue(setup: Setup, story: Story): readonly boolean[] {
  const premises = premisesOf(setup);
  let accumulation = new Accumulation(premises, nominalOf(premises, 0));
  let sampled: EventOf<'tick-sampled'> | undefined;
  const found: boolean[] = [];
  for (const event of story.events) {
    if (event.kind === 'tick-sampled') sampled = event;
    else if (event.kind === 'tick-published') accumulation.tickPublished(event, sampled);
    else if (event.kind === 'clock-set') accumulation.accumulated(event);
    else if (event.kind === 'vm-saved') accumulation = accumulation.copy();
    else if (event.kind === 'clock-read') found.push(accumulation.isOverdue(event));
  }
  return found;
}

const narrow: Setup = { clocksource: ACPI_PM };
const read = (story: Story, at: bigint): Story => story.at(at).raw(0, 0n);

describe('Accumulation', () => {
  // §1: max_raw_delta of ACPI PM is 14680063 cycles, 4.1011 s; a tick of 4 ms may be left over.
  const LIMIT = 4_097_096_000n;

  test('a narrow counter must be read within 7/8 of its width', () => {
    expect(overdue(narrow, read(read(new Story(), LIMIT), LIMIT + 100_000n))).toEqual([
      false,
      true,
    ]);
  });

  test('a write or a tick begins the time anew', () => {
    const set = new Story().at(4n * SEC).set(0, 0n);
    expect(overdue(narrow, read(set, 8n * SEC))).toEqual([false]);
    const tick = new Story().at(4n * SEC).tick(0, 0n);
    expect(overdue(narrow, read(tick.save(0), 8n * SEC))).toEqual([false]);
  });

  test('a tick takes the clock up to its sample, however late it is published', () => {
    const story = new Story()
      .at(4n * SEC)
      .sampled(0, 0n, MULT)
      .at(7n * SEC)
      .published(0, 0n, MULT);
    expect(overdue(narrow, read(read(story, 8n * SEC), 9n * SEC))).toEqual([false, true]);
  });

  test('a tick after too long a gap that accumulates nothing does not', () => {
    const late = (counter: bigint, cycleLast: bigint) =>
      read(new Story().at(5n * SEC).published(0, counter, MULT, cycleLast), 5n * SEC);
    expect(overdue(narrow, late(9_000_000n, 8_999_000n))).toEqual([false]);
    expect(overdue(narrow, late(9_000_000n, 1_000_000n))).toEqual([true]);
  });

  test('of a counter that is tied to nothing no gap is known to be short', () => {
    const untied: Setup = { ...narrow, declared: { counterPpb: null } };
    expect(overdue(untied, read(new Story(), 0n))).toEqual([true]);
  });

  test('wide counters, subjects without tick events and strict have no limit', () => {
    const late = (): Story => read(new Story(), 10n ** 15n);
    expect(overdue({}, late())).toEqual([false]);
    expect(overdue({ ...narrow, declared: { publicationNs: 0n } }, late())).toEqual([false]);
    expect(overdue({ ...narrow, strict: ['narrow-counter'] }, late())).toEqual([false]);
  });

  test('a slope above maxadj overflows before a reader changes to wide arithmetic', () => {
    // §3: maxadj is 11 % (922746). At 22 %, 2^64 / 10234101 is 1802.5 s; max_cycles is 1981.1 s.
    const steep = (): Story => new Story().at(SEC).tick(0, 0n, 10_234_101n, MULT);
    expect(overdue({}, read(read(steep(), 1_790n * SEC), 1_810n * SEC))).toEqual([false, true]);
    const calm = steep().tick(0, 0n, MULT + 922_746n);
    expect(overdue({}, read(calm, 1_990n * SEC))).toEqual([false]);
  });

  test('on a narrow counter a vCPU may be behind for the declared skew after another wrote', () => {
    const premises = premisesOf({ ...narrow, declared: { skewNs: 300n } });
    const accumulation = new Accumulation(premises, nominalOf(premises, 0));
    const [write, ...reads] = new Story()
      .at(1_000n)
      .set(0, 0n)
      .at(1_600n)
      .raw(0, 0n)
      .raw(1, 0n)
      .at(1_601n)
      .raw(1, 0n).events;
    if (write !== undefined) accumulation.accumulated(write as EventOf<'clock-set'>);
    const isRead = (event: { kind: string }): event is EventOf<'clock-read'> =>
      event.kind === 'clock-read';
    expect(reads.filter(isRead).map((each) => accumulation.isInHole(each))).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('gainPerWriterNs', () => {
  test('is the declared skew, and nothing under strict', () => {
    const declared = { skewNs: 300n };
    expect(gainPerWriterNs(premisesOf({ declared }))).toBe(300n);
    expect(gainPerWriterNs(premisesOf({ declared, strict: ['negative-motion'] }))).toBe(0n);
  });
});
