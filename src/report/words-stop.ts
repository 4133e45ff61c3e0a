import { match } from 'ts-pattern';
import type { Signs } from '../contract/consumer.js';
import type { Event } from '../contract/event.js';
import { duration, seconds } from './numbers.js';
import { said, type Words } from './words.js';

/** Events of what a stop does to a guest: its tasks, its watchdogs, and its hypervisor's books. */
export type StopEvent = Extract<
  Event,
  {
    kind:
      | 'daemon-polled'
      | 'timestamp-taken'
      | 'timestamp-used'
      | 'watchdog-touched'
      | 'watchdog-checked'
      | 'stopped-time-read'
      | 'freeze-requested'
      | 'freeze-acknowledged'
      | 'freeze-aborted'
      | 'thawed'
      | 'stopped-uncooperatively'
      | 'counter-seen'
      | 'pvclock-written'
      | 'kvmclock-got';
  }
>;

export function stopWords(event: StopEvent): Words {
  return match(event)
    .with({ kind: 'daemon-polled' }, (e) => ({
      ...said(
        `daemon polls on vCPU ${e.on}, REALTIME ahead by`,
        seconds(e.realtimeNs - e.sourceNs),
      ),
      more: [...signWords(e.signs), { text: 'it did', value: e.did }],
    }))
    .with({ kind: 'timestamp-taken' }, (e) => ({
      ...said(`takes a time stamp on vCPU ${e.on}`, seconds(e.realtimeNs)),
      more: signWords(e.signs),
    }))
    .with({ kind: 'timestamp-used' }, (e) => ({
      ...said(`uses it on vCPU ${e.on}`),
      more: signWords(e.signs),
    }))
    .with({ kind: 'watchdog-touched' }, (e) => said(`touches ${e.watchdog}`))
    .with({ kind: 'watchdog-checked' }, (e) => {
      const found = e.fired ? 'fires' : e.forgave ? 'forgives' : 'is quiet';
      return said(`${e.watchdog} ${found}, since its touch`, duration(e.elapsedNs));
    })
    .with({ kind: 'stopped-time-read' }, (e) =>
      said(`told by ${e.by}: stopped in all`, duration(e.totalNs)),
    )
    .with({ kind: 'freeze-requested' }, () => said('asks the guest to freeze'))
    .with({ kind: 'freeze-acknowledged' }, () => said('acknowledges the freeze'))
    .with({ kind: 'freeze-aborted' }, () => said('calls the freeze off'))
    .with({ kind: 'thawed' }, () => said('thaws'))
    .with({ kind: 'stopped-uncooperatively' }, () => said('declares the stop uncooperative'))
    .with({ kind: 'counter-seen' }, (e) => ({
      ...said(`counter ${e.counter}`),
      more: [
        { text: 'host counter', value: `${e.hostCounter}` },
        { text: 'offset', value: `${e.offset}` },
        { text: 'TSC_ADJUST', value: `${e.adjust}` },
      ],
    }))
    .with({ kind: 'pvclock-written' }, (e) => ({
      ...said('pvclock page written, system_time', seconds(e.systemTime)),
      more: [
        { text: 'tsc_timestamp', value: `${e.tscTimestamp}` },
        { text: 'tsc', value: `${e.tsc}` },
      ],
    }))
    .with({ kind: 'kvmclock-got' }, (e) => said('KVM_GET_CLOCK', seconds(e.clockNs)))
    .exhaustive();
}

function signWords(signs: Signs): Words['more'] {
  return Object.entries(signs).map(([sign, value]) => ({ text: sign, value: `${value}` }));
}
