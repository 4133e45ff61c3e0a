import type { Design } from './design.js';
import { kvmClockRealtime } from './kvm-clock-realtime.js';
import { jumps, realtimeIsOff } from './reasons.js';
import { MOVED } from './scenes.js';
import { forwardTscOffsets, goingOn, runVcpus } from './steps.js';

const CAP_NS = 5_000_000_000n;

const JUMPS = jumps('each stop moves MONOTONIC by up to the cap: a cap is a policy and no error');

/** As kvm-clock-realtime, by no more than a cap: two evils at once for a stop beyond it. */
export const cappedForward: Design = {
  ...kvmClockRealtime,
  name: 'capped-forward',
  statement: 'kvmclock and the TSC are set forward by what REALTIME went, but by 5 s at most.',
  source: {
    title: 'T. Gleixner, 1 Oct 2021, on a cap: "don\'t ask me about the right value"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  breaks: [
    JUMPS,
    ...kvmClockRealtime.breaks.slice(1),
    ...realtimeIsOff('REALTIME is behind by what the stop was longer than the cap'),
  ],
  ...goingOn((vcpus) => [
    { kind: 'set-clock', realtime: true, capNs: CAP_NS },
    ...forwardTscOffsets(vcpus),
    ...runVcpus(vcpus),
  ]),
};

export const cappedForwardWithin: Design = {
  ...cappedForward,
  name: 'capped-forward-within',
  statement: 'As capped-forward, of stops that are no longer than the cap.',
  breaks: [JUMPS, ...kvmClockRealtime.breaks.slice(1)],
  // What passes between the steps counts as well.
  scene: { ...MOVED, stoppedNs: { least: 3_000_000_000n, most: 4_999_000_000n } },
};
