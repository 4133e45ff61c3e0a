import { match } from 'ts-pattern';
import type { Event } from '../contract/event.js';
import { duration, seconds } from './numbers.js';
import { timexWords } from './timex.js';
import { said, type Words } from './words.js';

const DEVICE_KINDS = [
  'raw-timer-mapped',
  'device-programmed',
  'device-interrupt',
  'vcpu-idle',
  'vcpu-woken',
  'interrupts-held',
  'interrupts-released',
  'deadline-written',
  'deadline-interrupt',
  'vcpu-blocked',
  'host-ntp-adjusted',
] as const satisfies readonly Event['kind'][];

/** Events of timer devices, of idle vCPUs, and of hosts that emulate a deadline timer. */
export type DeviceEvent = Extract<Event, { readonly kind: (typeof DEVICE_KINDS)[number] }>;

export function isOfDevice(event: Event): event is DeviceEvent {
  return DEVICE_KINDS.some((kind) => kind === event.kind);
}

export function deviceWords(event: DeviceEvent): Words {
  return match(event)
    .with({ kind: 'raw-timer-mapped' }, (e) =>
      said(`timer ${e.timer} mapped to CLOCK_MONOTONIC`, seconds(e.monotonicNs)),
    )
    .with({ kind: 'device-programmed' }, (e) =>
      e.expiresNs === null
        ? said('timer device shut down')
        : said(`timer device in ${duration(e.deltaNs)}, for`, seconds(e.expiresNs)),
    )
    .with({ kind: 'device-interrupt' }, (e) => {
      const found = e.expired === 0 ? 'nothing expired' : `${e.expired} expired`;
      const next = e.programmedNs === null ? 'none' : `in ${duration(e.programmedNs)}`;
      const hung = e.hung ? ', hung' : '';
      return said(`timer interrupt, ${found}${hung}, ${e.pending} queued, next ${next}`);
    })
    .with({ kind: 'vcpu-idle' }, (e) =>
      said(e.tickStopped ? 'idle without its tick' : 'idle, its tick goes on'),
    )
    .with({ kind: 'vcpu-woken' }, () => said('woken'))
    .with({ kind: 'interrupts-held' }, (e) => said(`interrupts held: ${e.cause}`))
    .with({ kind: 'interrupts-released' }, (e) => said(`interrupts released: ${e.cause}`))
    .with({ kind: 'deadline-written' }, (e) =>
      said(e.deadline === null ? 'deadline disarmed' : `deadline ${e.deadline}, at ${e.counter}`),
    )
    .with({ kind: 'deadline-interrupt' }, (e) => said(`deadline interrupt at ${e.counter}`))
    .with({ kind: 'vcpu-blocked' }, (e) => {
      const what = e.interruptPending ? 'with an interrupt pending' : 'with no interrupt pending';
      return said(`blocked ${what}, host timer ${e.hostTimerArmed ? 'armed' : 'not armed'}`);
    })
    .with({ kind: 'host-ntp-adjusted' }, (e) =>
      said(`adjtimex ${timexWords(e.timex)}, rate ${e.ratePpb} ppb`),
    )
    .exhaustive();
}
