import type { EventOf } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';

type Published = EventOf<'timekeeper-published'>;

/**
 * At every publication the read bases of MONOTONIC and RAW have the same `cycle_last`, mask and shift:
 * a counter value means the same to both, so that RAW + (MONOTONIC − RAW) is one conversion.
 */
export const rawAndMonoShareOneBase: Property = {
  name: 'raw-and-mono-share-one-base',
  statement: 'MONOTONIC and RAW are published with one cycle_last, one mask and one shift.',
  source: {
    title: 'T. Gleixner, 22 May 2024: both clocks are updated with the same cycle_last',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  monitor: () => ({ 'timekeeper-published': judge }),
};

function judge(published: Published): Finding {
  const { cycleLast, mask, shift, rawCycleLast, rawMask, rawShift } = published;
  if (cycleLast === rawCycleLast && mask === rawMask && shift === rawShift) return 'held';
  return {
    expected: `RAW based on cycle_last ${cycleLast}, mask ${mask}, shift ${shift}, as MONOTONIC is`,
    observed: `cycle_last ${rawCycleLast}, mask ${rawMask}, shift ${rawShift}`,
    evidence: [published],
  };
}
