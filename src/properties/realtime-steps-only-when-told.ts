import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { ADJ_STATUS, STA_UNSYNC } from '../contract/timex.js';
import type { Ns } from '../contract/units.js';
import { abs } from '../math/u64.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import { type ClockStep, setBy, stepOf } from './clock-sets.js';
import { Life, nameOf } from './life.js';
import { Watch } from './watch.js';

type Snapshot = EventOf<'snapshot-taken'>;
type Published = EventOf<'timekeeper-published'>;

/** What each step may be off, as REALTIME and MONOTONIC are cut to whole ns by themselves. */
const ROUNDING_NS = 1n;
/** Steps that a violation shows. */
const SHOWN = 8;

/**
 * k = REALTIME − MONOTONIC of one sample. Between two samples Δk is the sum of the steps that
 * clock_settime(2), ADJ_SETOFFSET and leap seconds announce, ± 1 ns each. A sleep moves k as well, and
 * BOOTTIME by the same: so k less BOOTTIME − MONOTONIC is compared. A slew never moves it.
 *
 * From the inside: whenever k changes, `clock_was_set_seq` does so in the same publication, as whoever
 * keeps offsets looks at nothing else. And a clock that was set is not synchronised: clock_settime(2)
 * and ADJ_SETOFFSET leave STA_UNSYNC set, unless the same call asks for another status. A leap second,
 * TAI and the resume need not.
 */
export const realtimeStepsOnlyWhenTold: Property = {
  name: 'realtime-steps-only-when-told',
  statement: 'REALTIME steps against MONOTONIC by what was announced, and whoever asks is told.',
  source: {
    title: 'clock_settime(2), adjtimex(2): what sets CLOCK_REALTIME',
    url: 'https://man7.org/linux/man-pages/man2/clock_settime.2.html',
  },
  monitor: (premises) => new Steps(premises, StepsOfLife),
};

class Steps extends Watch<StepsOfLife> {
  override 'ntp-adjusted'(adjusted: EventOf<'ntp-adjusted'>): Finding {
    this.follower.ntpAdjusted(adjusted);
    return this.follower.of(adjusted).judgeStatus(adjusted);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).step(leap);
  }

  'snapshot-taken'(snapshot: Snapshot): Finding {
    return this.follower.of(snapshot).judge(snapshot);
  }

  'timekeeper-published'(published: Published): Finding {
    return this.follower.of(published).judgePublication(published);
  }
}

/** REALTIME − BOOTTIME, which is k without the sleeps. */
function offsetOf({ realtimeNs, boottimeNs }: Snapshot): Ns {
  return realtimeNs - boottimeNs;
}

class StepsOfLife extends Life<StepsOfLife> {
  private sample: Snapshot | undefined;
  /** Announced since that sample. */
  private announced: readonly ClockStep[] = [];
  private sumNs: Ns = 0n;
  private published: Published | undefined;
  /** The clock_settime(2) whose publication is still to come. */
  private set: EventOf<'clock-set'> | undefined;

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): StepsOfLife {
    const copy = new StepsOfLife(circumstances);
    if (this.published !== undefined && wasOver(this.published, saved)) {
      copy.published = this.published;
    }
    const { sample } = this;
    if (sample === undefined || !wasOver(sample, saved)) return copy;
    if (!this.announced.every((step) => wasOver(step, saved))) return copy;
    copy.sample = sample;
    copy.announced = this.announced;
    copy.sumNs = this.sumNs;
    return copy;
  }

  override forget(): void {
    this.sample = undefined;
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    this.step(set);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    this.step(adjusted);
  }

  step(step: ClockStep): void {
    const byNs = stepOf(step);
    if (byNs === undefined) return;
    if (step.kind === 'clock-set') this.set = step;
    // A sample that may lie inside the step is no beginning.
    if (this.sample !== undefined && this.sample.latestNs > step.earliestNs)
      this.sample = undefined;
    this.announced = [...this.announced, step];
    this.sumNs += byNs;
  }

  judge(snapshot: Snapshot): Finding {
    if (this.ignores(snapshot)) return undefined;
    const { sample, announced, sumNs } = this;
    const isAfter = announced.every((step) => step.latestNs <= snapshot.earliestNs);
    this.sample = isAfter ? snapshot : undefined;
    this.announced = [];
    this.sumNs = 0n;
    if (sample === undefined || !isAfter) return undefined;
    const movedNs = offsetOf(snapshot) - offsetOf(sample);
    const roundingNs = ROUNDING_NS * BigInt(announced.length);
    if (abs(movedNs - sumNs) <= roundingNs) return 'held';
    return moved(sample, announced, sumNs, snapshot, movedNs);
  }

  judgePublication(published: Published): Finding {
    const { published: before, set } = this;
    this.published = published;
    this.set = undefined;
    if (set !== undefined && (published.status & STA_UNSYNC) === 0) {
      return synchronised(set, published);
    }
    if (before === undefined || before.offsReal === published.offsReal) return undefined;
    if (before.clockWasSetSeq !== published.clockWasSetSeq) return 'held';
    return {
      expected: `clock_was_set_seq past ${before.clockWasSetSeq}, as REALTIME stepped by ${published.offsReal - before.offsReal} ns`,
      observed: `still ${published.clockWasSetSeq} when ${nameOf(published)} published the step`,
      evidence: [before, ...this.announced.slice(-SHOWN), published],
    };
  }

  judgeStatus(adjusted: EventOf<'ntp-adjusted'>): Finding {
    if (stepOf(adjusted) === undefined || (adjusted.timex.modes & ADJ_STATUS) !== 0) {
      return undefined;
    }
    return (adjusted.status & STA_UNSYNC) === 0 ? synchronised(adjusted, adjusted) : 'held';
  }
}

function moved(
  sample: Snapshot,
  announced: readonly ClockStep[],
  sumNs: Ns,
  snapshot: Snapshot,
  movedNs: Ns,
): Violation {
  const by = announced.length === 0 ? 'nothing was' : `${sumNs} ns were`;
  const how = announced.length === 0 ? '' : ` by ${[...new Set(announced.map(setBy))].join(', ')}`;
  return {
    expected: `REALTIME − MONOTONIC, sleeps aside, moved by ${sumNs} ns: ${by} announced${how}`,
    observed: `moved by ${movedNs} ns on ${nameOf(snapshot)}: ${movedNs - sumNs} ns untold`,
    evidence: [sample, ...announced.slice(-SHOWN), snapshot],
  };
}

function synchronised(step: ClockStep, shown: Published | EventOf<'ntp-adjusted'>): Violation {
  return {
    expected: `STA_UNSYNC set after ${setBy(step)} on ${nameOf(step)}`,
    observed: `status 0x${shown.status.toString(16)}`,
    evidence: shown === step ? [step] : [step, shown],
  };
}
