// Bounds on the rate of a guest's counter, from reads whose host interval is known.

/**
 * @typedef {{ earliest: bigint, latest: bigint, from: bigint, to: bigint }} Sample
 * A value that was between `from` and `to` at some instant of the closed host interval.
 */

/** No clock is off by more: the bounds that hold before anything is measured. */
const WIDEST = { lowest: 0.9, highest: 1.1 };

/**
 * The rates, in counts a host ns, that no pair of samples contradicts.
 *
 * Each pair bounds the average rate between its two reads; a counter of one rate keeps all of them.
 *
 * @param {readonly (readonly Sample[])[]} stretches of one counter, each without a break
 * @param {number} nominal counts a ns
 */
export function rateOf(stretches, nominal) {
  let { lowest, highest } = WIDEST;
  for (const samples of stretches) {
    samples.forEach((b, at) => {
      for (const a of samples.slice(0, at)) {
        const longest = Number(b.latest - a.earliest) * nominal;
        const shortest = Number(b.earliest - a.latest) * nominal;
        lowest = Math.max(lowest, Number(b.from - a.to) / longest);
        if (shortest > 0) highest = Math.min(highest, Number(b.to - a.from) / shortest);
      }
    });
  }
  if (lowest > highest) {
    throw new Error(`the counter ran at no one rate: at least ${lowest}, at most ${highest}`);
  }
  return { lowest, highest };
}

/** The rates that any of several counters may have. */
export function widest(rates) {
  return {
    lowest: Math.min(...rates.map((each) => each.lowest)),
    highest: Math.max(...rates.map((each) => each.highest)),
  };
}

/** How far a rate may be from 1, in parts per 10^9, rounded up to whole parts per million. */
export function ppb({ lowest, highest }) {
  return BigInt(Math.ceil(Math.max(1 - lowest, highest - 1) * 1e6)) * 1000n;
}

/**
 * The host interval in which the counter showed `count`, by samples of the same stretch.
 *
 * @param {readonly Sample[]} samples
 * @param {{ lowest: number, highest: number }} rate against `nominal`
 */
export function whenShown(count, samples, rate, nominal) {
  const fastest = rate.highest * nominal;
  const slowest = rate.lowest * nominal;
  let earliest;
  let latest;
  for (const sample of samples) {
    const least = Number(count - sample.to);
    const most = Number(count - sample.from);
    const after = sample.earliest + BigInt(Math.floor(least / (least > 0 ? fastest : slowest)));
    const before = sample.latest + BigInt(Math.ceil(most / (most > 0 ? slowest : fastest)));
    if (earliest === undefined || after > earliest) earliest = after;
    if (latest === undefined || before < latest) latest = before;
  }
  return { earliest, latest };
}
