import { type Signs, WATCHDOG_NAMES } from './consumer.js';
import type { ApplicationActor, DaemonActor } from './schedule.js';
import { COUNT } from './wire-machine.js';
import { NS, VCPU_ACTOR, VMM_ACTOR } from './wire-parts.js';
import { ANY_NUMBER, FLAG, integer, orNull, record, S64, TEXT, U64, word } from './wire-shape.js';
import type { EventFields } from './wire-timer.js';

export const WATCHDOG = word(...WATCHDOG_NAMES);
export const DAEMON_ACTOR = record<DaemonActor>({ vm: COUNT, task: word('daemon') });
export const APPLICATION_ACTOR = record<ApplicationActor>({
  vm: COUNT,
  task: word('application'),
});

const SIGNS_SEEN = record<Signs>({ unsync: U64, 'cancel-on-set': U64, marker: U64, freeze: U64 });

type StopEvent =
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

const STAMPED = {
  actor: APPLICATION_ACTOR,
  on: COUNT,
  signs: SIGNS_SEEN,
  realtimeNs: NS,
} as const;

/** The events of what a stop does to a guest: its tasks, its watchdogs, and its hypervisor's books. */
export const STOP_EVENTS: EventFields<StopEvent> = {
  'daemon-polled': {
    actor: DAEMON_ACTOR,
    on: COUNT,
    signs: SIGNS_SEEN,
    realtimeNs: NS,
    sourceNs: NS,
    sourceErrorNs: U64,
    did: word('step', 'slew', 'panic', 'nothing'),
    believedErrorNs: NS,
  },
  'timestamp-taken': STAMPED,
  'timestamp-used': STAMPED,
  'watchdog-touched': { actor: VCPU_ACTOR, watchdog: WATCHDOG },
  'watchdog-checked': {
    actor: VCPU_ACTOR,
    watchdog: WATCHDOG,
    elapsedNs: NS,
    thresholdNs: U64,
    forgave: FLAG,
    fired: FLAG,
  },
  'stopped-time-read': { actor: VCPU_ACTOR, by: TEXT, totalNs: NS },
  'freeze-requested': { actor: VMM_ACTOR },
  'freeze-acknowledged': { actor: VCPU_ACTOR },
  'freeze-aborted': { actor: VMM_ACTOR },
  thawed: { actor: VCPU_ACTOR },
  'stopped-uncooperatively': { actor: VMM_ACTOR },
  'counter-seen': {
    actor: VCPU_ACTOR,
    host: COUNT,
    hostCounter: U64,
    ratio: ANY_NUMBER,
    fraction: U64,
    offset: U64,
    adjust: S64,
    generation: COUNT,
    counter: U64,
    physical: orNull(U64),
    because: word('stop', 'start', 'host-write', 'guest-write'),
  },
  'pvclock-written': {
    actor: VCPU_ACTOR,
    tscTimestamp: U64,
    systemTime: NS,
    tscToSystemMul: U64,
    tscShift: integer(-128, 127),
    stable: FLAG,
    tsc: U64,
    isSet: FLAG,
  },
  'kvmclock-got': { actor: VMM_ACTOR, clockNs: NS, tsc: U64, stable: FLAG },
};
