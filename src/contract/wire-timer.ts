import type { EventKind, EventOf } from './event.js';
import { COUNT } from './wire-machine.js';
import { HELD_CAUSE, HOST_ACTOR, NS, TIMEX, VCPU_ACTOR } from './wire-parts.js';
import { ANY_NUMBER, type Fields, FLAG, integer, orNull, U64 } from './wire-shape.js';

/** What every event has. */
export type Stamp = 'kind' | 'incarnation' | 'earliestNs' | 'latestNs';

/** The fields of each kind of event, its `kind` and the stamp aside. */
export type EventFields<K extends EventKind> = {
  readonly [P in K]: Fields<Omit<EventOf<P>, Stamp>>;
};

type TimerDeviceEvent =
  | 'raw-timer-mapped'
  | 'device-programmed'
  | 'device-interrupt'
  | 'vcpu-idle'
  | 'vcpu-woken'
  | 'interrupts-held'
  | 'interrupts-released'
  | 'deadline-written'
  | 'deadline-interrupt'
  | 'vcpu-blocked'
  | 'host-ntp-adjusted';

/** The events of timer devices, of idle vCPUs, and of hosts that emulate a deadline timer. */
export const TIMER_DEVICE_EVENTS: EventFields<TimerDeviceEvent> = {
  'raw-timer-mapped': { actor: VCPU_ACTOR, timer: COUNT, monotonicNs: NS },
  'device-programmed': { actor: VCPU_ACTOR, expiresNs: orNull(NS), deltaNs: U64 },
  'device-interrupt': {
    actor: VCPU_ACTOR,
    comparedNs: NS,
    expired: COUNT,
    pending: COUNT,
    rounds: integer(1, 3),
    hung: FLAG,
    programmedNs: orNull(U64),
  },
  'vcpu-idle': { actor: VCPU_ACTOR, tickStopped: FLAG, pending: COUNT },
  'vcpu-woken': { actor: VCPU_ACTOR },
  'interrupts-held': { actor: VCPU_ACTOR, cause: HELD_CAUSE },
  'interrupts-released': { actor: VCPU_ACTOR, cause: HELD_CAUSE },
  'deadline-written': { actor: VCPU_ACTOR, deadline: orNull(U64), counter: U64 },
  'deadline-interrupt': { actor: VCPU_ACTOR, counter: U64 },
  'vcpu-blocked': { actor: VCPU_ACTOR, interruptPending: FLAG, hostTimerArmed: FLAG },
  'host-ntp-adjusted': { actor: HOST_ACTOR, timex: TIMEX, ratePpb: ANY_NUMBER },
};
