import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { Command, Schedule } from '../../src/contract/schedule.js';
import {
  decodeCounterexample,
  decodeEvent,
  decodeMachine,
  decodeSchedule,
  decodeTraceHeader,
  encodeCommand,
  encodeCounterexample,
  encodeEvent,
  encodeMachine,
  encodeSchedule,
  encodeTraceHeader,
  jsonOf,
} from '../../src/contract/wire.js';
import { schemaOf } from '../../src/contract/wire-explain.js';
import { COUNTEREXAMPLE, TRACE_HEADER } from '../../src/contract/wire-file.js';
import { MACHINE } from '../../src/contract/wire-machine.js';
import { REFUSED, reader } from '../../src/contract/wire-read.js';
import type { Shape } from '../../src/contract/wire-shape.js';
import { COMMAND, EVENT, SCHEDULE } from '../../src/contract/wire-tables.js';
import { write } from '../../src/contract/wire-write.js';
import { arbitraryOf, MUTATION, mutated } from './wire-arbitrary.js';
import { AT, counterexample, having, header, machine, read, schedule } from './wire-fixtures.js';

describe('the guard and the schema', () => {
  const shapes: readonly (readonly [string, Shape<unknown>])[] = [
    ['events', EVENT],
    ['commands', COMMAND],
    ['machines', MACHINE],
    ['schedules', SCHEDULE],
    ['trace headers', TRACE_HEADER],
    ['counterexamples', COUNTEREXAMPLE],
  ];
  test.each(shapes)('accept the same %s, whole and damaged', (_name, shape) => {
    const guard = reader(shape);
    const schema = schemaOf(shape);
    const agree = (wire: unknown) => {
      expect(guard(wire) !== REFUSED).toBe(schema.safeParse(wire).success);
    };
    fc.assert(
      fc.property(arbitraryOf(shape), fc.array(MUTATION, { maxLength: 2 }), (value, mutations) => {
        agree(mutations.reduce(mutated, write(shape, value)));
      }),
      { numRuns: 400 },
    );
    fc.assert(fc.property(fc.jsonValue(), agree), { numRuns: 100 });
  });

  test('accept the same parts of a machine that is possible, damaged at random', () => {
    const guard = reader(MACHINE);
    const schema = schemaOf(MACHINE);
    fc.assert(
      fc.property(MUTATION, (mutation) => {
        const wire = mutated(encodeMachine(machine), mutation);
        expect(guard(wire) !== REFUSED).toBe(schema.safeParse(wire).success);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is encoded is decoded to the same', () => {
  const overWire = (json: unknown): unknown => JSON.parse(jsonOf(json));

  test('events of every kind', () => {
    // Sound: arbitraryOf draws what the shape means; the stamp is put in order, as its rule asks.
    const events = arbitraryOf(EVENT).map((drawn) => {
      const event = drawn as Event;
      const [earliestNs, latestNs] =
        event.earliestNs <= event.latestNs
          ? [event.earliestNs, event.latestNs]
          : [event.latestNs, event.earliestNs];
      return { ...event, earliestNs, latestNs } as Event;
    });
    fc.assert(
      fc.property(events, (event) => {
        expect(decodeEvent(overWire(encodeEvent(event)), machine, AT)).toEqual(event);
      }),
      { numRuns: 1000 },
    );
  });

  test('commands of every kind', () => {
    // Sound: as above.
    const commands = fc.array(arbitraryOf(COMMAND)) as fc.Arbitrary<Command[]>;
    fc.assert(
      fc.property(commands, (drawn) => {
        const value = { machine, commands: drawn };
        expect(decodeSchedule(overWire(encodeSchedule(value)), AT)).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test('a machine, a trace header and a counterexample', () => {
    expect(decodeMachine(overWire(encodeMachine(machine)), AT)).toEqual(machine);
    expect(decodeTraceHeader(overWire(encodeTraceHeader(header)), AT)).toEqual(header);
    const whole = { ...counterexample, twin: schedule };
    expect(decodeCounterexample(overWire(encodeCounterexample(whole)), AT)).toEqual(whole);
  });

  test('the evidence of a counterexample is part of its events again', () => {
    const decoded = decodeCounterexample(overWire(encodeCounterexample(counterexample)), AT);
    expect(decoded.violation.evidence[0]).toBe(decoded.events[0]);
  });

  test('numbers are decimal strings, and a safe JSON integer is accepted in their place', () => {
    expect(encodeEvent(read)).toMatchObject({ ns: '18446744073709551616', counter: null });
    expect(decodeEvent(having(read, 'ns', 17), machine, AT)).toMatchObject({ ns: 17n });
    expect(jsonOf({ b: 2n ** 64n, a: [1n, null] })).toBe(
      '{"b":"18446744073709551616","a":["1",null]}',
    );
  });

  test('keys come in the order of the tables, whatever order the value was made in', () => {
    const backwards = Object.fromEntries(Object.entries(read).reverse());
    // Sound: the same fields with the same values.
    expect(jsonOf(encodeEvent(backwards as unknown as Event))).toBe(jsonOf(encodeEvent(read)));
    expect(jsonOf(encodeCommand({ ns: 1n, kind: 'elapse' }))).toBe('{"kind":"elapse","ns":"1"}');
  });

  test('a value that no table foresees is written in full', () => {
    // Sound only here: a subject in JavaScript may emit anything.
    expect(encodeEvent({ ...read, kind: 'clock-reed' } as unknown as Event)).toMatchObject({
      kind: 'clock-reed',
      earliestNs: '5',
    });
    const odd = { ...read, ns: [1n] } as unknown as Event;
    expect(encodeEvent(odd)).toMatchObject({ ns: ['1'] });
    const list = { machine, commands: { kind: 'elapse' } } as unknown as Schedule;
    expect(encodeSchedule(list)).toMatchObject({ commands: { kind: 'elapse' } });
  });
});
