import type { Counterexample } from './counterexample.js';
import { SubjectError } from './errors.js';
import type { Event } from './event.js';
import type { Machine } from './machine.js';
import type { Command, Schedule } from './schedule.js';
import { complain, inText, type Place, refuse, type Subject } from './wire-explain.js';
import { COUNTEREXAMPLE, FORMAT, TRACE_HEADER, type TraceHeader } from './wire-file.js';
import { stranger } from './wire-ids.js';
import { MACHINE } from './wire-machine.js';
import { isObject, REFUSED, type Reader, reader } from './wire-read.js';
import type { Complaint, Shape } from './wire-shape.js';
import { COMMAND, EVENT, SCHEDULE } from './wire-tables.js';
import { type Json, jsonOf, write } from './wire-write.js';

export { FORMAT, type Json, jsonOf, type Place, type TraceHeader };

/** A shape with its guard, which is built at the first use: most runs of the program read no file. */
class Codec<T> {
  private readonly read: () => Reader<T>;

  constructor(
    private readonly shape: Shape<T>,
    private readonly subject: Subject,
  ) {
    let built: Reader<T> | undefined;
    this.read = () => {
      built ??= reader(shape);
      return built;
    };
  }

  encode(value: T): Json {
    return write(this.shape, value);
  }

  /** @throws {SubjectError} where `wire` is not a T. */
  decode(wire: unknown, at: Place): T {
    const value = this.read()(wire);
    return value === REFUSED ? refuse(this.shape, wire, this.subject, at) : value;
  }

  /** @throws {SubjectError} where an id in `acts`, found in `wire` under `path`, is not of `machine`. */
  known(
    acts: readonly (Command | Event)[],
    machine: Machine,
    path: Complaint['path'],
    wire: unknown,
    at: Place,
  ): void {
    for (let position = 0; position < acts.length; position++) {
      const act = acts[position];
      const complaint = act && stranger(act, machine);
      if (complaint === undefined) continue;
      const full = path.length === 0 ? complaint.path : [...path, position, ...complaint.path];
      complain([{ ...complaint, path: full }], wire, this.subject, at);
    }
  }
}

const events = new Codec(EVENT, { what: 'an event', heading: 'Events' });
const machines = new Codec(MACHINE, { what: 'a machine', heading: 'Machine' });
const schedules = new Codec(SCHEDULE, { what: 'a schedule', heading: 'Commands' });
const headers = new Codec(TRACE_HEADER, { what: 'the header of a trace', heading: 'Trace' });
const counterexamples = new Codec(COUNTEREXAMPLE, {
  what: 'a counterexample',
  heading: 'Counterexample',
});
const commands = new Codec(COMMAND, { what: 'a command', heading: 'Commands' });

/** The wire form of an event; `JSON.stringify` of it is its line. */
export function encodeEvent(event: Event): Json {
  return events.encode(event);
}

/** @throws {SubjectError} for what is not an event of this machine: says where, what, and the way out. */
export function decodeEvent(wire: unknown, machine: Machine, at: Place): Event {
  const event = events.decode(wire, at);
  const complaint = stranger(event, machine);
  if (complaint !== undefined) events.known([event], machine, [], wire, at);
  return event;
}

export function encodeCommand(command: Command): Json {
  return commands.encode(command);
}

export function encodeMachine(machine: Machine): Json {
  return machines.encode(machine);
}

/** @throws {SubjectError} for what is not a machine, or not a possible one. */
export function decodeMachine(wire: unknown, at: Place): Machine {
  return machines.decode(wire, at);
}

export function encodeSchedule(schedule: Schedule): Json {
  return schedules.encode(schedule);
}

/** @throws {SubjectError} for what is not a schedule, or names ids that its machine does not have. */
export function decodeSchedule(wire: unknown, at: Place): Schedule {
  const schedule = schedules.decode(wire, at);
  schedules.known(schedule.commands, schedule.machine, ['commands'], wire, at);
  return schedule;
}

export function encodeTraceHeader(header: TraceHeader): Json {
  return headers.encode({ format: FORMAT, kind: 'trace', ...header });
}

/** @throws {SubjectError} for a header that is wrong, or of a newer format. */
export function decodeTraceHeader(wire: unknown, at: Place): TraceHeader {
  refuseNewer(wire, at);
  const { format: _format, kind: _kind, ...header } = headers.decode(wire, at);
  return header;
}

export function encodeCounterexample(counterexample: Counterexample): Json {
  return counterexamples.encode({ format: FORMAT, kind: 'counterexample', ...counterexample });
}

/**
 * The evidence of the violation is part of the events again: the same objects, where they are equal.
 *
 * @throws {SubjectError} for a counterexample that is wrong, or of a newer format.
 */
export function decodeCounterexample(wire: unknown, at: Place): Counterexample {
  refuseNewer(wire, at);
  const { format: _format, kind: _kind, ...file } = counterexamples.decode(wire, at);
  const { schedule, twin, violation } = file;
  const known = (acts: readonly (Command | Event)[], machine: Machine, ...path: string[]) =>
    counterexamples.known(acts, machine, path, wire, at);
  known(schedule.commands, schedule.machine, 'schedule', 'commands');
  known(file.events, schedule.machine, 'events');
  known(violation.evidence, schedule.machine, 'violation', 'evidence');
  if (twin !== null) known(twin.commands, twin.machine, 'twin', 'commands');
  const byText = new Map(file.events.map((event) => [jsonOf(event), event]));
  const evidence = violation.evidence.map((event) => byText.get(jsonOf(event)) ?? event);
  const evidenceClass = file.evidenceClass === 0 ? 0 : file.evidenceClass === 1 ? 1 : 2;
  return { ...file, evidenceClass, violation: { ...violation, evidence } };
}

/** @throws {SubjectError} for a file of a later version of tickproof. */
function refuseNewer(wire: unknown, at: Place): void {
  if (!isObject(wire) || typeof wire.format !== 'number' || wire.format <= FORMAT) return;
  throw new SubjectError(
    `${inText(at)} is of format ${wire.format}, and this tickproof reads format ${FORMAT}.\n` +
      '  A newer tickproof wrote it: `npm install tickproof@latest` brings one that reads it.',
  );
}
