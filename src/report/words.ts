import { match } from 'ts-pattern';
import type { Event } from '../contract/event.js';
import { viaWords } from './actor.js';
import { seconds } from './numbers.js';
import { timexWords } from './timex.js';
import { type DeviceEvent, deviceWords, isOfDevice } from './words-device.js';
import { type StopEvent, stopWords } from './words-stop.js';

/** What an event says: words, and the value that belongs to them, which a timeline aligns. */
export interface Words {
  readonly text: string;
  readonly value: string | null;
  /** Further pairs that belong to it, shown only where it is evidence. */
  readonly more: readonly { readonly text: string; readonly value: string }[];
}

export function eventWords(event: Event): Words {
  return match(event)
    .with({ kind: 'clock-read' }, (e) => said(`read ${e.clock}${viaWords(e.via)}`, seconds(e.ns)))
    .with({ kind: 'snapshot-taken' }, (e) => ({
      ...said('snapshot CLOCK_MONOTONIC', seconds(e.monotonicNs)),
      more: [
        { text: 'CLOCK_MONOTONIC_RAW', value: seconds(e.rawNs) },
        { text: 'CLOCK_BOOTTIME', value: seconds(e.boottimeNs) },
        { text: 'CLOCK_REALTIME', value: seconds(e.realtimeNs) },
        { text: 'CLOCK_TAI', value: seconds(e.taiNs) },
      ],
    }))
    .with({ kind: 'clock-set' }, (e) =>
      e.ret === 0
        ? said('clock_settime, step', seconds(e.stepNs))
        : said(`clock_settime fails, ${e.ret}`),
    )
    .with({ kind: 'ntp-adjusted' }, (e) =>
      said(`adjtimex ${timexWords(e.timex)}${e.ret < 0 ? ` fails, ${e.ret}` : ''}`),
    )
    .with({ kind: 'namespace-read' }, (e) =>
      said(`read ${e.clock}${viaWords(e.via)} in namespace`, seconds(e.ns)),
    )
    .with({ kind: 'cross-timestamped' }, (e) =>
      e.ret === 0
        ? said(`cross timestamp of ${e.device}, REALTIME`, seconds(e.realtimeNs))
        : said(`cross timestamp of ${e.device} fails, ${e.ret}`),
    )
    .with({ kind: 'tick-sampled' }, () => said('tick samples the counter'))
    .with({ kind: 'tick-published' }, (e) => said(`tick publishes mult ${e.mult}`))
    .with({ kind: 'timer-armed' }, (e) =>
      said(
        `arm timer ${e.timer} on ${e.clock}${e.wakes === true ? ' (wakes)' : ''}`,
        seconds(e.expiresNs),
      ),
    )
    .with({ kind: 'namespace-timer-armed' }, (e) =>
      said(`asked for in namespace as ${seconds(e.expiresNs)}, outside`, seconds(e.hostNs)),
    )
    .with({ kind: 'timer-cancelled' }, (e) => said(`cancel timer ${e.timer}`))
    .with({ kind: 'watcher-woken' }, (e) => said(`clock was set, wakes timer ${e.timer}`))
    .with({ kind: 'leap-applied' }, (e) => said('leap second, step', seconds(e.stepNs)))
    .with({ kind: 'timekeeper-published' }, (e) => ({
      ...said('published REALTIME - MONOTONIC', seconds(e.offsReal)),
      more: [
        { text: 'TAI - REALTIME', value: `${e.taiOffset} s` },
        { text: 'clock_was_set_seq', value: `${e.clockWasSetSeq}` },
        { text: 'cycle_last', value: `${e.cycleLast}` },
        { text: 'raw cycle_last', value: `${e.rawCycleLast}` },
        { text: 'mult', value: `${e.mult}` },
        { text: 'ntp_error', value: `${e.ntpError} ns << 32` },
      ],
    }))
    .with({ kind: 'timer-fired' }, (e) => fired(e.timer, e.clock, e.readNs ?? e.comparedNs))
    .with({ kind: 'guest-suspended' }, () => said('guest suspended'))
    .with({ kind: 'guest-resumed' }, () => said('guest resumed'))
    .otherwise(hostWords);
}

type HostEvent =
  | DeviceEvent
  | StopEvent
  | Extract<
      Event,
      {
        kind:
          | 'booted'
          | 'vcpu-started'
          | 'vcpu-stopped'
          | 'stop-handled'
          | 'vm-saved'
          | 'vm-restored'
          | 'vm-migrated'
          | 'host-step-taken'
          | 'data-published'
          | 'reader-accepted'
          | 'reader-waited'
          | 'skipped';
      }
    >;

function hostWords(event: HostEvent): Words {
  return match(event)
    .with({ kind: 'booted' }, (e) => said(`boot on host ${e.host}`))
    .with({ kind: 'vcpu-started' }, () => said('runs'))
    .with({ kind: 'vcpu-stopped' }, () => said('stopped'))
    .with({ kind: 'stop-handled' }, () => said('stop handled'))
    .with({ kind: 'vm-saved' }, (e) => said(`snapshot ${e.snapshot} saved`))
    .with({ kind: 'vm-restored' }, (e) => said(`snapshot ${e.snapshot} restored`))
    .with({ kind: 'vm-migrated' }, (e) => said(`moved to host ${e.to}`))
    .with({ kind: 'host-step-taken' }, (e) => said(e.step))
    .with({ kind: 'data-published' }, (e) => said(`${e.program} publishes v${e.version}`))
    .with({ kind: 'reader-accepted' }, (e) => said(`${e.program} accepts ${versions(e)}`))
    .with({ kind: 'reader-waited' }, (e) => said(`${e.program} waits: ${e.because}`))
    .with({ kind: 'skipped' }, (e) => said(`command ${e.command + 1} skipped: ${e.because}`))
    .otherwise(otherWords);
}

function otherWords(event: DeviceEvent | StopEvent): Words {
  return isOfDevice(event) ? deviceWords(event) : stopWords(event);
}

export function said(text: string, value: string | null = null): Words {
  return { text, value, more: [] };
}

function fired(timer: number, clock: string, ns: bigint | null): Words {
  const text = `timer ${timer} fires on ${clock}`;
  return said(text, ns === null ? null : seconds(ns));
}

function versions(e: { readonly words: readonly string[]; readonly versions: readonly number[] }) {
  return e.words.map((word, at) => `${word} v${e.versions[at] ?? '?'}`).join(', ');
}
