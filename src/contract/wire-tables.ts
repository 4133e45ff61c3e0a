import { CLOCK_IDS, READ_PATHS, TIMER_CLOCKS } from './clock.js';
import type { Event, EventKind, EventOf, NtpTime } from './event.js';
import type {
  Actor,
  Command,
  CommandKind,
  CommandOf,
  HostActor,
  Schedule,
  TaskActor,
  Timex,
  VcpuActor,
  VmmActor,
} from './schedule.js';
import { COUNT, MACHINE } from './wire-machine.js';
import { LEFT_OUT_OF_ACCEPTED, readerEventFields } from './wire-reader.js';
import {
  ANY_NUMBER,
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

export const CLOCK = word(...CLOCK_IDS);
export const TIMER_CLOCK = word(...TIMER_CLOCKS);
const VIA = word(...READ_PATHS);
const STEPS = integer(1, Number.MAX_SAFE_INTEGER);
/** What a system call returns: a negative errno, or a small number. */
const RET = integer(-(2 ** 31), 2 ** 31 - 1);
const FLAGS = integer(0, 2 ** 32 - 1);
/** Values that a broken guest may overflow, so only their length is bounded. */
const NS = ANY_NUMBER;

const VCPU_ACTOR = record<VcpuActor>({ vm: COUNT, vcpu: COUNT });
const VMM_ACTOR = record<VmmActor>({ vm: COUNT, task: word('vmm') });
const TASK_ACTOR = record<TaskActor>({
  vm: COUNT,
  task: word('vmm', 'daemon', 'application', 'agent'),
});
const HOST_ACTOR = record<HostActor>({ host: COUNT });
const VCPU_OR_VMM: Shape<VcpuActor | VmmActor> = { type: 'any-of', of: [VCPU_ACTOR, VMM_ACTOR] };
const ANY_ACTOR: Shape<Actor> = { type: 'any-of', of: [VCPU_ACTOR, TASK_ACTOR, HOST_ACTOR] };

export const TIMEX = record<Timex>(
  {
    modes: FLAGS,
    offset: S64,
    freq: S64,
    maxerror: S64,
    esterror: S64,
    status: integer(-(2 ** 31), 2 ** 31 - 1),
    constant: S64,
    tick: S64,
    timeSec: S64,
    timeUsec: S64,
  },
  ['offset', 'freq', 'maxerror', 'esterror', 'status', 'constant', 'tick', 'timeSec', 'timeUsec'],
);

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
    cancelOnSet: FLAG,
    inNamespace: FLAG,
  },
  cancel: { actor: VCPU_ACTOR, timer: COUNT },
  'guest-suspend': { actor: VCPU_ACTOR, stopAfter: STEPS },
  'guest-resume': { actor: VCPU_ACTOR, stopAfter: STEPS },
  'vm-pause': { actor: VMM_ACTOR, stopAfter: STEPS },
  'vm-resume': { actor: VMM_ACTOR, stopAfter: STEPS },
  'vm-save': { actor: VMM_ACTOR, snapshot: COUNT, stopAfter: STEPS },
  'vm-restore': { actor: VMM_ACTOR, snapshot: COUNT, stopAfter: STEPS },
  'vm-migrate': { actor: VMM_ACTOR, to: COUNT, stopAfter: STEPS },
  continue: { actor: VCPU_OR_VMM, steps: STEPS },
};

type Stamp = 'kind' | 'incarnation' | 'earliestNs' | 'latestNs';

/** Every kind of event and its fields, `kind` and the stamp aside. */
const EVENT_FIELDS: { readonly [K in EventKind]: Fields<Omit<EventOf<K>, Stamp>> } = {
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
  'clock-set': { actor: VCPU_ACTOR, sec: S64, nsec: S64, ret: RET, stepNs: NS },
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
    cancelOnSet: FLAG,
  },
  'timer-cancelled': { actor: VCPU_ACTOR, timer: COUNT },
  'timer-fired': {
    actor: VCPU_ACTOR,
    timer: COUNT,
    clock: TIMER_CLOCK,
    comparedNs: orNull(NS),
    readNs: orNull(NS),
    expirations: U64,
  },
  'watcher-woken': { actor: VCPU_ACTOR, timer: COUNT },
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
  ...readerEventFields(VCPU_ACTOR),
  skipped: { actor: ANY_ACTOR, command: COUNT, because: TEXT },
};

/** The fields of commands and of events that may be left out, whatever the kind. */
const LEFT_OUT = ['stopAfter', 'steps', 'inNamespace', 'cancelOnSet', 'at'];

export const COMMAND: Shape<Command> & { readonly type: 'kinds' } = {
  type: 'kinds',
  of: mapped(COMMAND_FIELDS, (kind, fields) => ({
    type: 'record',
    fields: { kind: word(kind), ...fields },
    optional: LEFT_OUT,
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
    optional: kind === 'reader-accepted' ? [...LEFT_OUT, ...LEFT_OUT_OF_ACCEPTED] : LEFT_OUT,
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
