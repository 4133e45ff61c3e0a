import { CLOCK_IDS, TIMER_CLOCKS } from './clock.js';
import type { EventKind } from './event.js';
import type { CommandKind } from './schedule.js';
import { COUNTEREXAMPLE, TRACE_HEADER } from './wire-file.js';
import { MACHINE } from './wire-machine.js';
import { CLOCK, TIMER_CLOCK, TIMEX } from './wire-parts.js';
import {
  ANY_NUMBER,
  inWords,
  type NumberShape,
  power,
  type RecordShape,
  S64,
  type Shape,
  U64,
} from './wire-shape.js';
import { COMMAND, EVENT, SCHEDULE } from './wire-tables.js';

/** What an event says, in one sentence of `docs/protocol.md`. */
const EVENT_SAYS: { readonly [K in EventKind]: string } = {
  'clock-read':
    'The guest read a clock; `counter` is the sample it was made from, null if unknown.',
  'snapshot-taken': 'All clocks from one counter sample, and the multiplier in force.',
  'clock-set':
    'clock_settime(2) was called and returned `ret`; `stepNs` is REALTIME after minus before.',
  'ntp-adjusted': 'adjtimex(2) was called with `timex`; the rest is what the call gave back.',
  'tick-sampled': 'A tick sampled the counter; `mult` is still in force.',
  'tick-published': 'The update became visible: `mult` is in force from here.',
  'leap-applied': 'A leap second was carried out; `stepNs` is REALTIME after minus before.',
  'timekeeper-published':
    'What readers see from here on, from the inside; a black box emits none of these.',
  'cross-timestamped':
    'What the clocks showed when a device captured `device`; `history` of the snapshot kept, or null.',
  'namespace-read': 'A task inside the VM’s time namespace read a clock.',
  'namespace-timer-armed':
    'A task inside asked for an absolute expiry; `hostNs` is what the kernel made of it.',
  'timer-armed': '`expiresNs` is absolute on `clock`; `intervalNs` 0 is a one-shot.',
  'timer-cancelled': 'The timer will not fire.',
  'timer-fired': 'The callback began: what it compared with, what it read, periods that passed.',
  'watcher-woken': 'Who waits for a timer with `cancelOnSet` was woken: the clock was set.',
  'raw-timer-mapped': 'A timer on CLOCK_MONOTONIC_RAW was queued on MONOTONIC for `monotonicNs`.',
  'device-programmed':
    'The timer device was programmed for `expiresNs` on MONOTONIC, or shut down.',
  'device-interrupt':
    'The handler of the timer device came to its end: what it found, and what is still queued.',
  'vcpu-idle': 'The vCPU halted until its next interrupt, with its tick or without.',
  'vcpu-woken': 'An interrupt ended the halt.',
  'interrupts-held': 'From here on the vCPU takes no interrupt, though it runs.',
  'interrupts-released': 'From here on it takes them again.',
  'deadline-written': 'The guest wrote the deadline of its timer; null disarms it.',
  'deadline-interrupt': 'The guest was given the interrupt of its deadline timer.',
  'vcpu-blocked': 'The host’s thread of a halted vCPU went to sleep.',
  'host-ntp-adjusted': 'adjtimex(2) was called on a host; `ratePpb` is what its clock runs at now.',
  'guest-suspended': 'The guest’s timekeeping suspend ended.',
  'guest-resumed': 'The guest’s timekeeping resume ended.',
  booted: 'A VM began its life: a new order of its events.',
  'vcpu-started': 'The VMM let this vCPU run.',
  'vcpu-stopped': 'The VMM stopped this vCPU.',
  'stop-handled': 'The host’s steps and the guest’s handlers around a stop have ended.',
  'vm-saved': 'The state of the VM at this instant is `snapshot`.',
  'vm-restored': 'The VM took up the life of `snapshot` as the incarnation of this event.',
  'vm-migrated': 'The VM is on another host; it keeps its incarnation.',
  'host-step-taken': 'The VMM took a step of its design.',
  'daemon-polled': 'The time daemon looked at the signs, at REALTIME and at its source.',
  'timestamp-taken': 'The application took a time stamp; `signs` are as they were.',
  'timestamp-used':
    'The application used the time stamp that it took last; `signs` are as they are now.',
  'watchdog-touched': 'Whoever is watched said that it lives.',
  'watchdog-checked':
    'The watchdog looked: what its clock counts since the last touch, and whether it fired.',
  'stopped-time-read': 'The guest’s kernel was told for how long it was stopped so far, in all.',
  'freeze-requested': 'The host asked the guest to freeze.',
  'freeze-acknowledged': 'The guest has frozen: no task takes a step before `thawed`.',
  'freeze-aborted': 'The host called the freeze off.',
  thawed: 'Tasks go on.',
  'stopped-uncooperatively': 'The host declared that it stops a guest that did not freeze.',
  'counter-seen':
    'The counter of a vCPU from inside the hypervisor: (hostCounter * ratio >> fraction) + offset.',
  'pvclock-written':
    'KVM wrote the pvclock page of the vCPU; `isSet`: somebody asked for another time.',
  'kvmclock-got': 'KVM_GET_CLOCK, and the TSC of vCPU 0 at that instant.',
  'data-published': 'Data for lockless readers became visible as a whole.',
  'reader-accepted': 'A lockless reader accepted its words, each of one publication.',
  'reader-waited': 'A lockless reader spins on a writer that cannot, or need not, go on.',
  skipped: 'The command meant nothing here, or is not modelled.',
};

const COMMAND_SAYS: { readonly [K in CommandKind]: string } = {
  elapse: 'True time passes.',
  read: 'Reads a clock.',
  snapshot: 'Reads all clocks from one counter sample.',
  'cross-timestamp':
    'Asks what the clocks showed when a device captured the counter, `cyclesAgo` before.',
  tick: 'The timer interrupt updates the clocks.',
  settime: 'clock_settime(CLOCK_REALTIME), valid or not.',
  adjtimex: 'adjtimex(2), in the kernel’s units.',
  arm: 'Arms a timer, absolute or from now on; `intervalNs` makes it go on.',
  cancel: 'Cancels a timer.',
  idle: 'The vCPU halts until its next interrupt.',
  'hold-interrupts': 'The vCPU takes no interrupt for `ns`.',
  'guest-suspend': 'The guest suspends itself.',
  'guest-resume': 'The guest resumes.',
  'vm-pause': 'The VMM pauses the VM, as its design says.',
  'vm-resume': 'The VMM resumes it.',
  'vm-save': 'The VMM saves its state.',
  'vm-restore': 'The VMM restores a saved state, as a new incarnation.',
  'vm-migrate': 'The VMM moves it to another host.',
  'host-suspend': 'The host goes to sleep, and wakes by itself `wakesAfterNs` later.',
  'host-resume': 'The host wakes, and lets its VMs go on.',
  'daemon-poll': 'The time daemon looks at its source, on vCPU `on`.',
  'take-timestamp': 'The application takes a time stamp, on vCPU `on`.',
  'use-timestamp': 'The application uses the one that it took last.',
  'touch-watchdog': 'Whoever is watched says that it lives.',
  'check-watchdog': 'The watchdog looks.',
  'run-deferred': 'What the guest’s kernel put off to a work item runs.',
  'host-adjtimex': 'adjtimex(2) on a host: its timers follow.',
  continue: 'The actor goes on with the operation it was stopped in.',
};

/** The tables of `docs/protocol.md`, by the name of their place in it, as Markdown. */
export function protocolTables(): ReadonlyMap<string, string> {
  const stamp = ['kind', 'incarnation', 'earliestNs', 'latestNs'];
  return new Map([
    ['numbers', numbersTable()],
    ['events', kindsTable('event', EVENT.of, EVENT_SAYS, stamp)],
    ['clocks', clocksTable()],
    ['commands', kindsTable('command', COMMAND.of, COMMAND_SAYS, ['kind'])],
    ['timex', fieldsTable(TIMEX)],
    ['machine', fieldsTable(MACHINE)],
    ['trace', fieldsTable(TRACE_HEADER)],
    ['counterexample', fieldsTable(COUNTEREXAMPLE)],
  ]);
}

/** `text` with every place `<!-- table: NAME -->` … `<!-- end -->` filled anew. */
export function withTables(text: string): string {
  const tables = protocolTables();
  return text.replace(
    /<!-- table: (\w+) -->\n[\s\S]*?<!-- end -->/g,
    (_all, name: string) => `<!-- table: ${name} -->\n${tables.get(name) ?? ''}\n<!-- end -->`,
  );
}

/** The numbers that have a name in the tables. */
const NUMBERS: readonly (readonly [string, Shape<bigint>])[] = [
  ['number', ANY_NUMBER],
  ['u64', U64],
  ['s64', S64],
];

function numbersTable(): string {
  const rows = NUMBERS.map(([name, shape]) => [`\`${name}\``, inWords(rangeOf(shape))]);
  return table(['in the tables', 'is'], rows);
}

function clocksTable(): string {
  const quoted = (words: readonly string[]) => words.map((each) => `"${each}"`).join(', ');
  return table(
    ['in the tables', 'is one of'],
    [
      ['clock', quoted(CLOCK_IDS)],
      ['timer clock', quoted(TIMER_CLOCKS)],
    ],
  );
}

function rangeOf(shape: Shape<bigint>): Omit<NumberShape, 'type'> {
  return shape.type === 'number' ? shape : { lowest: 0n, highest: 0n };
}

function kindsTable(
  what: string,
  of: { readonly [kind: string]: RecordShape<unknown> },
  says: { readonly [kind: string]: string },
  common: readonly string[],
): string {
  const rows = Object.entries(of).map(([kind, shape]) => {
    const own = Object.entries(shape.fields).filter(([name]) => !common.includes(name));
    const fields = own.map(([name, field]) => `${nameOf(name, shape)} ${named(field)}`);
    return [`\`${kind}\``, fields.join(', '), says[kind] ?? ''];
  });
  return table([what, 'fields', 'says'], rows);
}

function fieldsTable(shape: RecordShape<unknown>): string {
  return table(['field', 'is'], rowsOf(shape, ''));
}

function rowsOf(shape: RecordShape<unknown>, prefix: string): string[][] {
  return Object.entries(shape.fields).flatMap(([name, field]) => {
    const full = `${prefix}${name}`;
    const inner = field.type === 'or-null' || field.type === 'list' ? field.of : field;
    const is = [nameOf(full, shape), named(field)];
    if (inner.type !== 'record' || REFERRED.has(inner)) return [is];
    return [is, ...rowsOf(inner, field.type === 'list' ? `${full}[].` : `${full}.`)];
  });
}

function nameOf(name: string, { optional }: RecordShape<unknown>): string {
  return optional.includes(name) ? `\`${name}\`?` : `\`${name}\``;
}

/** Shapes that have a heading of their own. */
const REFERRED = new Map<Shape<unknown>, string>([
  [MACHINE, 'a machine'],
  [SCHEDULE, 'a schedule: `{ machine, commands }`'],
  [EVENT, 'event'],
  [COMMAND, 'command'],
  [TIMEX, 'timex'],
  [CLOCK, 'clock'],
  [TIMER_CLOCK, 'timer clock'],
]);

/** The shape of a field in a few words. */
function named(shape: Shape<unknown>): string {
  const referred = REFERRED.get(shape);
  if (referred !== undefined) return referred;
  switch (shape.type) {
    case 'number': {
      const known = NUMBERS.find(([, each]) => each === shape);
      return known?.[0] ?? `number, ${power(shape.lowest)} to ${power(shape.highest)}`;
    }
    case 'integer':
      if (shape.lowest === shape.highest) return `${shape.lowest}`;
      return shape.highest === Number.MAX_SAFE_INTEGER
        ? `integer from ${shape.lowest}`
        : `integer, ${power(BigInt(shape.lowest))} to ${power(BigInt(shape.highest))}`;
    case 'word':
      return shape.words.map((each) => `"${each}"`).join(' or ');
    case 'text':
      return 'text';
    case 'flag':
      return 'true or false';
    case 'or-null':
      return `${named(shape.of)}, or null`;
    case 'list':
      return `list of ${named(shape.of)}${shape.atLeast > 0 ? `, ${shape.atLeast} or more` : ''}`;
    case 'any-of':
      return shape.of.map(named).join(' or ');
    case 'record':
      return `{ ${Object.keys(shape.fields).join(', ')} }`;
    case 'kinds':
      return 'one of its kinds';
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
