import type { EventOf } from '../contract/event.js';
import { ADJ_NANO, ADJ_SETOFFSET } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';

/** An event that says by how much REALTIME was set against MONOTONIC. */
export type ClockStep = EventOf<'clock-set'> | EventOf<'ntp-adjusted'> | EventOf<'leap-applied'>;

/**
 * By how much REALTIME stepped, ns; undefined: it did not. A refused call steps nothing, and a call of
 * adjtimex(2) only with ADJ_SETOFFSET, by what it asked for.
 */
export function stepOf(event: ClockStep): Ns | undefined {
  if (event.kind === 'leap-applied') return event.stepNs;
  if (event.ret < 0) return undefined;
  if (event.kind === 'clock-set') return event.stepNs;
  const { modes, timeSec = 0n, timeUsec = 0n } = event.timex;
  if ((modes & ADJ_SETOFFSET) === 0) return undefined;
  return timeSec * NSEC_PER_SEC + ((modes & ADJ_NANO) === 0 ? timeUsec * 1_000n : timeUsec);
}

/** The call that did it, in words. */
export function setBy(event: ClockStep): string {
  if (event.kind === 'leap-applied') return 'a leap second';
  return event.kind === 'clock-set' ? 'clock_settime' : 'ADJ_SETOFFSET';
}
