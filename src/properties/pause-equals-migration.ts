import type { ClockId } from '../contract/clock.js';
import { SIGNS, type Signs } from '../contract/consumer.js';
import type { Event, EventOf } from '../contract/event.js';
import type { Machine, VmId } from '../contract/machine.js';
import type { Finding, PairProperty, Violation } from '../contract/property.js';
import type { Command, Schedule } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { abs } from '../math/u64.js';
import { Stops } from './stop-errors.js';
import { Acts, actsOf } from './two-runs.js';

const OF_SNAPSHOT = [
  ['monotonicNs', 'CLOCK_MONOTONIC'],
  ['rawNs', 'CLOCK_MONOTONIC_RAW'],
  ['boottimeNs', 'CLOCK_BOOTTIME'],
  ['realtimeNs', 'CLOCK_REALTIME'],
  ['taiNs', 'CLOCK_TAI'],
] as const;

/**
 * The second run moves the VM to another host at the end of each pause, at the same instant, so that D is
 * the same. After the first of them every read shows what it shows in the first run ± eps of its clock;
 * signs and verdicts of watchdogs are the same, and timers fire in the same order.
 *
 * Acts are told apart by who did what, when; what only one of the runs shows is compared with nothing.
 * Each counter may be off by the declared c, so that beside eps two of them part by 2c. Counters, and
 * where the VM is, are not compared. A pause that is itself interrupted between two steps stays one.
 */
export const pauseEqualsMigration: PairProperty = {
  name: 'pause-equals-migration',
  statement: 'A guest that is moved while it is stopped shows what it shows where it was.',
  source: {
    title:
      'T. Gleixner, 1 Oct 2021: "pause/resume and savevm/restorevm have exactly the same behaviour"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  runs: (schedule) => [schedule, moved(schedule)],
  compare: (first, second, schedule) =>
    schedule === undefined ? undefined : compare(first, second, schedule.machine),
};

/** The same with a move before each resume from a pause; where there is no other host, nothing. */
function moved({ machine, commands }: Schedule): Schedule {
  if (machine.hosts.length < 2) return { machine, commands: [] };
  const paused = new Set<VmId>();
  const hosts = machine.vms.map(({ host }) => host);
  const all = commands.flatMap((command): readonly Command[] => {
    if (!isOfVmm(command)) return [command];
    const { vm } = command.actor;
    const wasPaused = paused.delete(vm);
    if (command.kind === 'vm-pause') paused.add(vm);
    if (command.kind === 'vm-migrate') hosts[vm] = command.to;
    if (command.kind !== 'vm-resume' || !wasPaused) return [command];
    if (command.stopAfter !== undefined) return [command];
    const to = hosts[vm] === 0 ? 1 : 0;
    hosts[vm] = to;
    return [{ kind: 'vm-migrate', actor: command.actor, to }, command];
  });
  return { machine, commands: all };
}

type OfVmm = Extract<
  Command,
  { kind: 'vm-pause' | 'vm-resume' | 'vm-save' | 'vm-restore' | 'vm-migrate' }
>;

function isOfVmm(command: Command): command is OfVmm {
  return command.kind.startsWith('vm-');
}

function compare(first: readonly Event[], second: readonly Event[], machine: Machine): Finding {
  const { counterPpb } = machine.declared;
  const movedAt = firstMoves(second);
  if (movedAt.size === 0 || counterPpb === null) return undefined;
  const others = actsOf(second);
  const acts = new Acts();
  const stops = machine.vms.map(() => new Stops(machine, counterPpb));
  let isTested = false;
  for (const event of first) {
    const vm = 'vm' in event.actor ? event.actor.vm : undefined;
    const ofVm = vm === undefined ? undefined : stops[vm];
    ofVm?.see(event);
    const key = acts.keyOf(event);
    if (key === undefined || ofVm === undefined || vm === undefined) continue;
    const since = movedAt.get(vm);
    const other = others.get(key);
    if (since === undefined || event.earliestNs < since.earliestNs || other === undefined) continue;
    if (ofVm.count === 0n) continue;
    const broken = differ(event, other, ofVm);
    if (broken !== undefined) return { ...broken, evidence: [since, event, other] };
    isTested = true;
  }
  return outOfOrder(first, second, movedAt) ?? (isTested ? 'held' : undefined);
}

function firstMoves(events: readonly Event[]): ReadonlyMap<VmId, EventOf<'vm-migrated'>> {
  const found = new Map<VmId, EventOf<'vm-migrated'>>();
  for (const event of events) {
    if (event.kind === 'vm-migrated' && !found.has(event.actor.vm))
      found.set(event.actor.vm, event);
  }
  return found;
}

type Difference = Omit<Violation, 'evidence'>;

function differ(event: Event, other: Event, stops: Stops): Difference | undefined {
  switch (event.kind) {
    case 'clock-read':
      return other.kind === event.kind
        ? differOn(event.clock, event.ns, other.ns, stops.epsNs(event.clock, event.latestNs))
        : undefined;
    case 'snapshot-taken':
      if (other.kind !== event.kind) return undefined;
      for (const [field, clock] of OF_SNAPSHOT) {
        const eps = stops.epsNs(clock, event.latestNs);
        const broken = differOn(clock, event[field], other[field], eps);
        if (broken !== undefined) return broken;
      }
      return undefined;
    case 'watchdog-checked':
      if (other.kind !== event.kind || other.fired === event.fired) return undefined;
      return {
        expected: `${event.watchdog} ${event.fired ? 'fires' : 'is quiet'}, as after a pause`,
        observed: `it ${other.fired ? 'fires' : 'is quiet'} after a migration`,
      };
    case 'daemon-polled':
    case 'timestamp-taken':
    case 'timestamp-used':
      return other.kind === event.kind ? differInSigns(event.signs, other.signs) : undefined;
    default:
      return undefined;
  }
}

function differOn(clock: ClockId, ns: Ns, otherNs: Ns, epsNs: Ns): Difference | undefined {
  if (abs(otherNs - ns) <= epsNs) return undefined;
  return {
    expected: `${clock} at ${ns} ns, as after a pause, ± ${epsNs} ns`,
    observed: `${otherNs} ns after a migration: ${otherNs - ns} ns off`,
  };
}

function differInSigns(signs: Signs, others: Signs): Difference | undefined {
  const sign = SIGNS.find((each) => signs[each] !== others[each]);
  if (sign === undefined) return undefined;
  return {
    expected: `sign ${sign} at ${signs[sign]}, as after a pause`,
    observed: `${others[sign]} after a migration`,
  };
}

type Fired = EventOf<'timer-fired'>;

/** As far as both runs go: what a run ends before shows nothing. */
function outOfOrder(
  first: readonly Event[],
  second: readonly Event[],
  vms: ReadonlyMap<VmId, Event>,
): Violation | undefined {
  for (const [vm, since] of vms) {
    const ofVm = (event: Event): event is Fired =>
      event.kind === 'timer-fired' && event.actor.vm === vm;
    const others = second.filter(ofVm);
    for (const [at, fired] of first.filter(ofVm).entries()) {
      const other = others[at];
      if (other === undefined || (other.timer === fired.timer && isOnOne(fired, other))) continue;
      return {
        expected: `timer ${fired.timer} on vCPU ${fired.actor.vcpu} to fire next, as after a pause`,
        observed: `timer ${other.timer} on vCPU ${other.actor.vcpu} after a migration`,
        evidence: [since, fired, other],
      };
    }
  }
  return undefined;
}

function isOnOne(a: Fired, b: Fired): boolean {
  return a.actor.vcpu === b.actor.vcpu;
}
