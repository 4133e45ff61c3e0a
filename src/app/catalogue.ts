import type { Entry } from '../contract/catalogue.js';
import { CLOCKS, type Clock } from '../contract/clock.js';
import { nearest, UsageError } from '../contract/errors.js';
import type { EventKind } from '../contract/event.js';
import type { Property } from '../contract/property.js';
import type { CommandKind } from '../contract/schedule.js';
import type { Design } from '../model/designs/design.js';
import { DESIGNS } from '../model/designs/index.js';
import { orderOfName } from '../model/designs/order.js';
import type { Fault } from '../model/faults/fault.js';
import { FAULTS } from '../model/faults/index.js';
import { referenceGuest } from '../model/reference.js';
import { PROGRAMS } from '../programs/index.js';
import { LAWS, PAIR_LAWS, READER_LAWS } from '../properties/index.js';
import { comparedWith } from '../runner/pair.js';

/** What there is of each kind, by the words that `tickproof list` takes. */
export const LISTS = [
  'laws',
  'designs',
  'faults',
  'programs',
  'commands',
  'events',
  'clocks',
] as const;
export type ListName = (typeof LISTS)[number];

/** A row of a list; what is our own word for something has no source. */
export type Listed = Omit<Entry, 'source'> & Partial<Pick<Entry, 'source'>>;

/** Laws that are judged when they are asked for: against the reference guest without faults. */
const ASKED_FOR: readonly Property[] = PAIR_LAWS.map((pair) =>
  comparedWith(referenceGuest(), pair),
);
const EVERY_LAW = [...LAWS, ...READER_LAWS.filter((law) => !LAWS.includes(law)), ...ASKED_FOR];

/** The law that `--against reference` adds. */
export const AGAINST_REFERENCE = 'snapshot-agrees-with-linux';

/** @throws {UsageError} where there is no such law. */
export function lawNamed(name: string): Property {
  return named('law', name, EVERY_LAW);
}

/** The laws of these names, in the order of the docs; left out: all about one run. @throws {UsageError} where one does not exist. */
export function lawsNamed(names?: readonly string[]): readonly Property[] {
  if (names === undefined) return LAWS;
  const wanted = names.map(lawNamed);
  return EVERY_LAW.filter((law) => wanted.includes(law));
}

/** A design of the catalogue, or one of a user's own steps. @throws {UsageError} where there is no such design. */
export function designNamed(name: string): Design {
  return orderOfName(name) ?? named('design', name, DESIGNS);
}

/** @throws {UsageError} where there is no such fault. */
export function faultNamed(name: string): Fault {
  return named('fault', name, FAULTS);
}

function named<T extends Entry>(kind: string, name: string, rows: readonly T[]): T {
  const found = rows.find((row) => row.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    rows.map((row) => row.name),
  );
  throw new UsageError(
    `no ${kind} is called ${JSON.stringify(name)}.\n  ` +
      `${near === undefined ? '' : `Did you mean ${near}? `}` +
      `\`tickproof list ${kind}s\` shows all ${rows.length}.`,
  );
}

/** @throws {UsageError} where there is no such list. */
export function listNamed(name: string): ListName {
  const found = LISTS.find((each) => each === name);
  if (found !== undefined) return found;
  const near = nearest(name, LISTS);
  throw new UsageError(
    `there is no list of ${JSON.stringify(name)}.\n` +
      `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
      `  Accepted: ${LISTS.join(', ')}.`,
  );
}

/** Every row of a list, in the order of the docs. */
export function list(name: ListName): readonly Listed[] {
  switch (name) {
    case 'laws':
      return EVERY_LAW.map(({ name, statement, source }) => ({ name, statement, source }));
    case 'designs':
      return DESIGNS.map(({ name, statement, source, breaks }) => {
        return { name, statement, source, breaks };
      });
    case 'faults':
      return FAULTS.map(({ name, statement, source, breaks }) => {
        return { name, statement, source, breaks };
      });
    case 'programs':
      return PROGRAMS.map(({ name, statement, source }) => ({ name, statement, source }));
    case 'commands':
      return rows(COMMANDS);
    case 'events':
      return rows(EVENTS);
    case 'clocks':
      return Object.entries(CLOCKS).map(([name, clock]) => ({ name, statement: promise(clock) }));
  }
}

function rows(table: Readonly<Record<string, string>>): readonly Listed[] {
  return Object.entries(table).map(([name, statement]) => ({ name, statement }));
}

function promise({ settable, slewed, countsSuspend, resolution }: Clock): string {
  return [
    settable ? 'can be set' : 'cannot be set',
    slewed ? 'its rate follows adjtimex(2)' : 'its rate is the counter alone',
    countsSuspend ? 'counts suspend' : 'stops in suspend',
    resolution === 'ns' ? 'reads the counter' : 'shows the last tick',
  ].join(', ');
}

const COMMANDS: Readonly<Record<CommandKind, string>> = {
  elapse: 'True time passes; interrupts that are due are delivered.',
  read: 'A vCPU reads a clock by the system call, the vDSO or the NMI-safe latch.',
  snapshot: 'A vCPU reads all clocks from one counter sample, as ktime_get_snapshot().',
  'cross-timestamp': "Asks for the system's time at a counter value that a device captured.",
  tick: 'A vCPU takes the timer interrupt and updates the timekeeper.',
  settime: 'clock_settime(CLOCK_REALTIME), also with arguments that are refused.',
  adjtimex: "adjtimex(2), with the kernel's modes and units.",
  arm: 'Arms a timer on a clock, a one-shot or with a period.',
  cancel: 'Cancels a timer.',
  idle: 'A vCPU halts until its next interrupt.',
  'hold-interrupts': 'A vCPU takes no interrupt for a while: interrupts off, an SMI or an NMI.',
  'guest-suspend': 'The guest suspends its timekeeping.',
  'guest-resume': 'The guest resumes its timekeeping.',
  'vm-pause': 'The VMM stops the VM, by the steps of its design.',
  'vm-resume': 'The VMM lets the VM go on.',
  'vm-save': 'The VMM saves the state of the VM as a snapshot.',
  'vm-restore': 'The VMM loads a snapshot: a new life of the VM.',
  'vm-migrate': 'The VMM moves the VM to another host.',
  'host-suspend': 'A host goes to sleep, and every VM on it stops.',
  'host-resume': 'A host wakes.',
  'daemon-poll': 'The time daemon looks at its source.',
  'take-timestamp': 'The application takes a time stamp.',
  'use-timestamp': 'The application uses the time stamp that it took.',
  'touch-watchdog': 'Whoever is watched says that it lives.',
  'check-watchdog': 'A watchdog looks whether it was touched.',
  'run-deferred': "What the guest's kernel put off runs.",
  'host-adjtimex': 'adjtimex(2) on a host: the rate of the timers that wait for guests.',
  continue: 'An actor goes on with the operation that it was stopped in.',
};

const EVENTS: Readonly<Record<EventKind, string>> = {
  'clock-read': 'A clock was read, and showed this.',
  'snapshot-taken': 'All clocks were read from one counter sample.',
  'clock-set': 'clock_settime(2) was called, and returned this.',
  'ntp-adjusted': 'adjtimex(2) was called, and returned this.',
  'tick-sampled': 'A tick sampled the counter.',
  'tick-published': 'What the tick computed became visible to readers.',
  'leap-applied': 'A leap second was carried out.',
  'timekeeper-published': 'What readers see from here on, from inside the core.',
  'cross-timestamped': "The system's time at a counter value of a device was told.",
  'namespace-read': 'A clock was read inside a time namespace.',
  'namespace-timer-armed': 'An absolute timer was armed inside a time namespace.',
  'timer-armed': 'A timer was armed.',
  'timer-cancelled': 'A timer was cancelled.',
  'timer-fired': 'The callback of a timer began.',
  'watcher-woken': 'Who waits for the clock to be set was woken.',
  'raw-timer-mapped': 'A timer on CLOCK_MONOTONIC_RAW was converted to MONOTONIC.',
  'device-programmed': 'The timer device of a vCPU was programmed, or shut down.',
  'device-interrupt': 'The handler of a timer device came to its end.',
  'vcpu-idle': 'A vCPU halted until its next interrupt.',
  'vcpu-woken': 'An interrupt ended the halt of a vCPU.',
  'interrupts-held': 'A vCPU takes no interrupts from here on.',
  'interrupts-released': 'A vCPU takes interrupts again.',
  'deadline-written': 'The guest wrote the deadline of its timer.',
  'deadline-interrupt': 'The guest was given the interrupt of its deadline timer.',
  'vcpu-blocked': "The host's thread of a halted vCPU went to sleep.",
  'host-ntp-adjusted': 'adjtimex(2) was called on a host.',
  'guest-suspended': 'The guest suspended its timekeeping.',
  'guest-resumed': 'The guest resumed its timekeeping.',
  booted: 'A VM began its life.',
  'vcpu-started': 'A vCPU runs from here on.',
  'vcpu-stopped': 'A vCPU stands still from here on.',
  'stop-handled': "The host's steps around a stop have ended, and the guest's handlers too.",
  'vm-saved': 'The state of the VM became a snapshot.',
  'vm-restored': 'The VM took up the life of a snapshot.',
  'vm-migrated': 'The VM is on another host.',
  'host-step-taken': 'A step of the design was taken.',
  'daemon-polled': 'The time daemon looked at the signs, at its source and at REALTIME.',
  'timestamp-taken': 'The application took a time stamp.',
  'timestamp-used': 'The application used a time stamp.',
  'watchdog-touched': 'Whoever is watched said that it lives.',
  'watchdog-checked': 'A watchdog looked whether it was touched.',
  'stopped-time-read': 'The guest was told for how long it was stopped.',
  'freeze-requested': 'The host asked the guest to freeze.',
  'freeze-acknowledged': 'The guest has frozen.',
  'freeze-aborted': 'The host called a freeze off.',
  thawed: 'The tasks of the guest go on.',
  'stopped-uncooperatively': 'The host declared that it stops a guest that did not freeze.',
  'counter-seen': 'The counter of a vCPU, from inside the hypervisor.',
  'pvclock-written': 'KVM wrote the pvclock page of a vCPU.',
  'kvmclock-got': 'The VMM asked what kvmclock shows.',
  'data-published': 'Data for lockless readers became visible as a whole.',
  'reader-accepted': 'A lockless reader accepted the words that it had read.',
  'reader-waited': 'A lockless reader spins on a writer that cannot, or need not, go on.',
  skipped: 'A command meant nothing here, or is not modelled.',
};
