import { describe, expect, test } from 'vitest';
import { FOREVER } from '../../src/contract/units.js';
import { nominalOf } from '../../src/properties/nominal.js';
import { Publication, type Sample } from '../../src/properties/publication.js';
import { Story } from './events.js';
import { MULT, premisesOf, type Setup } from './premises.js';

/** A tenth steeper: 100 cycles are 10 ns, to a bit. */
const STEEP = MULT + 838_861n;

function shown(story: Story, setup: Setup = {}): Publication {
  const premises = premisesOf({ vcpus: 2, ...setup });
  const publication = new Publication(nominalOf(premises, 0));
  for (const event of story.events) {
    if (event.kind === 'tick-sampled') publication.tickSampled(event);
    else if (event.kind === 'tick-published') {
      publication.tickPublished(event, publication.sampleOf(event));
    }
  }
  return publication;
}

const sample = (counter: bigint | null, latestNs = 0n, vcpu = 1): Sample => ({
  actor: { vm: 0, vcpu },
  latestNs,
  counter,
});

/** vCPU 0 samples 1000 at 1000 ns, and publishes at 2000. */
const window = (before: bigint, now: bigint): Story =>
  new Story().at(1_000n).sampled(0, 1_000n, before).at(2_000n).published(0, 2_000n, now);

describe('Publication', () => {
  test('a read past the sample is off by the change of slope since, cut up', () => {
    const slower = shown(window(STEEP, MULT));
    const above = [999n, 1_000n, 1_001n, 1_500n, 2_000n].map((at) => slower.aboveNs(sample(at)));
    // 838861 * 1000 >> 23 is 100, and 1.
    expect(above).toEqual([0n, 0n, 1n, 51n, 101n]);
    expect(slower.belowNs(sample(1_500n))).toBe(0n);
    const steeper = shown(window(MULT, STEEP));
    expect([steeper.belowNs(sample(2_000n)), steeper.aboveNs(sample(2_000n))]).toEqual([101n, 0n]);
  });

  test('a read beyond the window was made on an older line', () => {
    expect(shown(window(STEEP, MULT)).aboveNs(sample(2_001n))).toBe(0n);
  });

  test('without a counter the instant must do', () => {
    const slower = shown(window(STEEP, MULT));
    expect(slower.aboveNs(sample(null, 999n))).toBe(0n);
    expect(slower.aboveNs(sample(null, 1_000n))).toBe(101n);
    expect(slower.aboveNs(sample(null, FOREVER))).toBe(101n);
    expect(slower.belowNs(sample(null, 1_500n))).toBe(0n);
  });

  test('the ticking vCPU, an equal slope and an atomic tick need nothing', () => {
    expect(shown(window(STEEP, MULT)).aboveNs(sample(1_500n, 0n, 0))).toBe(0n);
    expect(shown(window(MULT, MULT)).aboveNs(sample(1_500n))).toBe(0n);
    const atomic = new Story().tick(0, 1_000n, MULT, STEEP);
    expect(shown(atomic).aboveNs(sample(1_000n))).toBe(0n);
  });

  test('a publication whose sample was not seen needs nothing', () => {
    const other = new Story().sampled(1, 1_000n, STEEP).published(0, 2_000n, MULT);
    expect(shown(other).aboveNs(sample(1_500n))).toBe(0n);
    expect(shown(new Story()).aboveNs(sample(1_500n))).toBe(0n);
  });

  test('a later one without a change forgets the earlier', () => {
    expect(shown(window(STEEP, MULT).tick(0, 3_000n)).aboveNs(sample(1_500n))).toBe(0n);
  });

  test('with skew the window is wider, and a vCPU behind is off as well', () => {
    const skewed: Setup = { declared: { skewNs: 100n } };
    const slower = shown(window(STEEP, MULT), skewed);
    expect([slower.aboveNs(sample(2_100n)), slower.aboveNs(sample(2_101n))]).toEqual([111n, 0n]);
    const steeper = shown(window(MULT, STEEP), skewed);
    // Twice the skew is 200 cycles; a read behind cycle_last shows the time there, up to 100 further on.
    const above = [900n, 800n, 700n, 699n].map((at) => steeper.aboveNs(sample(at)));
    expect(above).toEqual([11n, 21n, 21n, 0n]);
    expect(steeper.aboveNs(sample(null, 800n))).toBe(21n);
    expect(steeper.aboveNs(sample(null, 799n))).toBe(0n);
  });

  test('counters wrap', () => {
    const story = new Story().sampled(0, 2n ** 64n - 500n, STEEP).published(0, 500n, MULT);
    expect(shown(story).aboveNs(sample(0n))).toBe(51n);
  });

  test('a copy goes its own way', () => {
    const publication = shown(window(STEEP, MULT));
    const copy = publication.copy();
    const [sampled, published] = new Story().tick(0, 5_000n).events;
    if (sampled?.kind === 'tick-sampled') copy.tickSampled(sampled);
    if (published?.kind === 'tick-published')
      copy.tickPublished(published, copy.sampleOf(published));
    expect([publication.aboveNs(sample(1_500n)), copy.aboveNs(sample(1_500n))]).toEqual([51n, 0n]);
  });
});
