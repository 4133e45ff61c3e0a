import type { Event, EventKind, NtpTime } from './event.js';
import type { Command, CommandKind, CommandOf, Schedule } from './schedule.js';
import { COUNT, MACHINE } from './wire-machine.js';
import {
  ANY_ACTOR,
  CAUSE,
  CLOCK,
  HOST_ACTOR,
  NS,
  RET,
  STEPS,
  TIMER_CLOCK,
  TIMEX,
  VCPU_ACTOR,
  VCPU_OR_VMM,
  VIA,
  VMM_ACTOR,
} from './wire-parts.js';
import { LEFT_OUT_OF_ACCEPTED, readerEventFields } from './wire-reader.js';
import {
  type Complaint,
  type Fields,
  FLAG,
  integer,
  list,
  orNull,
  type RecordShape,
  record,
  S64,
  type Shape,
  TEXT,
  U64,
  word,
} from './wire-shape.js';
import { APPLICATION_ACTOR, DAEMON_ACTOR, STOP_EVENTS, WATCHDOG } from './wire-stop.js';
import { type EventFields, TIMER_DEVICE_EVENTS } from './wire-timer.js';

/** Every kind of command and its fields, `kind` aside. */
const COMMAND_FIELDS: { readonly [K in CommandKind]: Fields<Omit<CommandOf<K>, 'kind'>> } = {
  elapse: { ns: U64 },
  read: { actor: VCPU_ACTOR, clock: CLOCK, via: VIA, stopAfter: STEPS, inNamespace: FLAG },
  snapshot: { actor: VCPU_ACTOR },
  'cross-timestamp': { actor: VCPU_ACTOR, cyclesAgo: U64, history: FLAG },
  tick: { actor: VCPU_ACTOR, stopAfter: STEPS },
  settime: { actor: VCPU_ACTOR, sec: S64, nsec: S64, stopAfter: STEPS },
  adjtimex: { actor: VCPU_ACTOR, timex: TIMEX, stopAfter: STEPS },
  arm: {
    actor: VCPU_ACTOR,
    timer: COUNT,
    clock: TIMER_CLOCK,
    expiresNs: NS,
    relative: FLAG,
    slackNs: U64,
    intervalNs: U64,
    wakes: FLAG,
    cancelOnSet: FLAG,
    inNamespace: FLAG,
    stopInCallback: FLAG,
  },
  cancel: { actor: VCPU_ACTOR, timer: COUNT },
  idle: { actor: VCPU_ACTOR },
  'hold-interrupts': { actor: VCPU_ACTOR, ns: U64, cause: CAUSE },
  'guest-suspend': { actor: VCPU_ACTOR, stopAfter: STEPS },
  'guest-resume': { actor: VCPU_ACTOR, stopAfter: STEPS },
  'vm-pause': { actor: VMM_ACTOR, stopAfter: STEPS },
  'vm-resume': { actor: VMM_ACTOR, stopAfter: STEPS },
  'vm-save': { actor: VMM_ACTOR, snapshot: COUNT, stopAfter: STEPS },
  'vm-restore': { actor: VMM_ACTOR, snapshot: COUNT, stopAfter: STEPS },
  'vm-migrate': { actor: VMM_ACTOR, to: COUNT, stopAfter: STEPS },
  'host-suspend': { actor: HOST_ACTOR, wakesAfterNs: U64, stopAfter: STEPS },
  'host-resume': { actor: HOST_ACTOR, stopAfter: STEPS },
  'daemon-poll': { actor: DAEMON_ACTOR, on: COUNT },
  'take-timestamp': { actor: APPLICATION_ACTOR, on: COUNT },
  'use-timestamp': { actor: APPLICATION_ACTOR, on: COUNT },
  'touch-watchdog': { actor: VCPU_ACTOR, watchdog: WATCHDOG },
  'check-watchdog': { actor: VCPU_ACTOR, watchdog: WATCHDOG },
  'run-deferred': { actor: VCPU_ACTOR },
  'host-adjtimex': { actor: HOST_ACTOR, timex: TIMEX },
  continue: { actor: VCPU_OR_VMM, steps: STEPS },
};

/** Every kind of event and its fields, `kind` and the stamp aside. */
const EVENT_FIELDS: EventFields<EventKind> = {
  'clock-read': { actor: VCPU_ACTOR, clock: CLOCK, via: VIA, ns: NS, counter: orNull(U64) },
  'snapshot-taken': {
    actor: VCPU_ACTOR,
    counter: U64,
    monotonicNs: NS,
    rawNs: NS,
    boottimeNs: NS,
    realtimeNs: NS,
    taiNs: NS,
    mult: U64,
  },
  'clock-set': {
    actor: VCPU_ACTOR,
    sec: S64,
    nsec: S64,
    ret: RET,
    stepNs: NS,
    byDesign: FLAG,
  },
  'ntp-adjusted': {
    actor: VCPU_ACTOR,
    timex: TIMEX,
    ret: RET,
    freq: S64,
    tick: S64,
    status: integer(-(2 ** 31), 2 ** 31 - 1),
    constant: S64,
    offset: S64,
    at: record<NtpTime>({ counter: U64, sec: S64, nsec: NS, tai: S64 }),
  },
  'tick-sampled': { actor: VCPU_ACTOR, counter: U64, mult: U64 },
  'tick-published': { actor: VCPU_ACTOR, counter: U64, mult: U64, cycleLast: U64 },
  'leap-applied': { actor: VCPU_ACTOR, stepNs: NS },
  'timekeeper-published': {
    actor: VCPU_ACTOR,
    cycleLast: U64,
    mult: U64,
    mask: U64,
    shift: U64,
    rawCycleLast: U64,
    rawMask: U64,
    rawShift: U64,
    offsReal: NS,
    taiOffset: S64,
    clockWasSetSeq: U64,
    status: integer(-(2 ** 31), 2 ** 31 - 1),
    ntpTick: U64,
    ntpError: NS,
  },
  'cross-timestamped': {
    actor: VCPU_ACTOR,
    device: U64,
    counter: U64,
    history: orNull(U64),
    ret: RET,
    realtimeNs: NS,
    rawNs: NS,
  },
  'namespace-read': { actor: VCPU_ACTOR, clock: CLOCK, via: VIA, ns: NS, counter: orNull(U64) },
  'namespace-timer-armed': {
    actor: VCPU_ACTOR,
    timer: COUNT,
    clock: TIMER_CLOCK,
    expiresNs: NS,
    hostNs: NS,
  },
  'timer-armed': {
    actor: VCPU_ACTOR,
    timer: COUNT,
    clock: TIMER_CLOCK,
    expiresNs: NS,
    slackNs: U64,
    intervalNs: U64,
    wakes: FLAG,
    cancelOnSet: FLAG,
  },
  'timer-cancelled': { actor: VCPU_ACTOR, timer: COUNT },
  'timer-fired': {
    actor: VCPU_ACTOR,
    timer: COUNT,
    clock: TIMER_CLOCK,
    comparedNs: orNull(NS),
    readNs: orNull(NS),
    readTaiNs: NS,
    expirations: U64,
  },
  'watcher-woken': { actor: VCPU_ACTOR, timer: COUNT },
  ...TIMER_DEVICE_EVENTS,
  'guest-suspended': { actor: VCPU_ACTOR },
  'guest-resumed': { actor: VCPU_ACTOR },
  booted: { actor: VMM_ACTOR, host: COUNT },
  'vcpu-started': { actor: VCPU_ACTOR },
  'vcpu-stopped': { actor: VCPU_ACTOR },
  'stop-handled': { actor: VMM_ACTOR },
  'vm-saved': { actor: VMM_ACTOR, snapshot: COUNT },
  'vm-restored': { actor: VMM_ACTOR, snapshot: COUNT },
  'vm-migrated': { actor: VMM_ACTOR, from: COUNT, to: COUNT },
  'host-step-taken': { actor: VMM_ACTOR, step: TEXT },
  ...STOP_EVENTS,
  ...readerEventFields(VCPU_ACTOR),
  skipped: { actor: ANY_ACTOR, command: COUNT, because: TEXT },
};

/** The fields of commands, and of events, that may be left out, whatever the kind. */
const ARGUMENTS_LEFT_OUT = [
  'stopAfter',
  'steps',
  'inNamespace',
  'intervalNs',
  'wakesAfterNs',
  'wakes',
  'cancelOnSet',
  'stopInCallback',
];
const REPORTS_LEFT_OUT = ['wakes', 'cancelOnSet', 'readTaiNs', 'at', 'byDesign'];

export const COMMAND: Shape<Command> & { readonly type: 'kinds' } = {
  type: 'kinds',
  of: mapped(COMMAND_FIELDS, (kind, fields) => ({
    type: 'record',
    fields: { kind: word(kind), ...fields },
    optional: ARGUMENTS_LEFT_OUT,
  })),
};

export const EVENT: Shape<Event> & { readonly type: 'kinds' } = {
  type: 'kinds',
  of: mapped(EVENT_FIELDS, (kind, { actor, ...fields }) => ({
    type: 'record',
    fields: {
      kind: word(kind),
      actor: actor ?? ANY_ACTOR,
      incarnation: COUNT,
      earliestNs: U64,
      latestNs: U64,
      ...fields,
    },
    optional:
      kind === 'reader-accepted'
        ? [...REPORTS_LEFT_OUT, ...LEFT_OUT_OF_ACCEPTED]
        : REPORTS_LEFT_OUT,
    rule: inOrder,
  })),
};

export const SCHEDULE = record<Schedule>({ machine: MACHINE, commands: list(COMMAND) });

function mapped(
  tables: { readonly [kind: string]: { readonly [name: string]: Shape<unknown> } },
  make: (kind: string, fields: { readonly [name: string]: Shape<unknown> }) => RecordShape<unknown>,
): { readonly [kind: string]: RecordShape<unknown> } {
  return Object.fromEntries(
    Object.entries(tables).map(([kind, fields]) => [kind, make(kind, fields)]),
  );
}

function inOrder(event: unknown): Complaint | undefined {
  // Sound: a rule is asked only once every field is as its shape says.
  const { earliestNs, latestNs } = event as Event;
  if (earliestNs <= latestNs) return undefined;
  return { path: ['earliestNs'], because: `it is after "latestNs", ${latestNs}` };
}
