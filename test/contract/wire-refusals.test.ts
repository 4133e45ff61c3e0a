import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import {
  decodeCounterexample,
  decodeEvent,
  decodeMachine,
  decodeSchedule,
  decodeTraceHeader,
  encodeCounterexample,
} from '../../src/contract/wire.js';
import {
  AT,
  counterexample,
  having,
  header,
  machine,
  message,
  read,
  schedule,
} from './wire-fixtures.js';

const refusedEvent = (path: string, given: unknown, from: Event = read) =>
  message(() => decodeEvent(having(from, path, given), machine, AT));
const refusedMachine = (path: string, given: unknown) =>
  message(() => decodeMachine(having(machine, path, given), AT));
const refusedSchedule = (path: string, given: unknown) =>
  message(() => decodeSchedule(having(schedule, path, given), AT));

describe('a refused event says', () => {
  test('where it stands, what it is, and shows it', () => {
    const text = refusedEvent('ns', 1.5);
    expect(text).toMatch(/^clock\.jsonl, line 3 is not an event:\n {2}\{"kind":"clock-read",/);
  });

  test('that a number lost digits', () => {
    expect(refusedEvent('ns', 2 ** 53)).toContain(
      '"ns" is 9007199254740992: a JSON number loses digits above 2^53 - 1; ' +
        'write it as a decimal string. See docs/protocol.md, "Numbers".',
    );
  });

  test('what a number may be', () => {
    const accepted =
      'expected a whole number of at most 29 digits, as a decimal string ' +
      '(or a JSON integer up to 2^53 - 1). See docs/protocol.md, "Numbers".';
    expect(refusedEvent('ns', 1.5)).toContain(`"ns" is 1.5: ${accepted}`);
    expect(refusedEvent('ns', '0x10')).toContain(`"ns" is "0x10": ${accepted}`);
    expect(refusedEvent('ns', '9'.repeat(30))).toContain(accepted);
  });

  test('the range of a number', () => {
    expect(refusedEvent('latestNs', '18446744073709551616')).toContain(
      '"latestNs" is "18446744073709551616": expected a whole number from 0 to 2^64 - 1.',
    );
  });

  test('that its interval is the wrong way round', () => {
    expect(refusedEvent('latestNs', '4')).toContain(
      '"earliestNs" is "5": it is after "latestNs", 4.',
    );
  });

  test('the nearest kind, or all of them', () => {
    expect(refusedEvent('kind', 'clock-reed')).toContain(
      '"kind" is "clock-reed": did you mean "clock-read"? See docs/protocol.md, "Events".',
    );
    expect(refusedEvent('kind', 'x')).toMatch(
      /"kind" is "x": expected "clock-read", .*"skipped"\./,
    );
    expect(refusedEvent('kind', undefined)).toContain('"kind" is missing: expected "clock-read"');
  });

  test('the nearest clock', () => {
    expect(refusedEvent('clock', 'CLOCK_MONOTONC')).toContain('did you mean "CLOCK_MONOTONIC"?');
    expect(refusedEvent('clock', 'BOOTTIME')).toContain('did you mean "CLOCK_BOOTTIME"?');
  });

  test('the nearest field where there is no such field', () => {
    expect(refusedEvent('latestns', '4')).toContain(
      '"latestns" is "4": there is no such field; did you mean "latestNs"?',
    );
    expect(refusedEvent('abcdefgh', 1)).toContain(
      '"abcdefgh" is 1: there is no such field; there are kind, actor,',
    );
  });

  test('which field is missing', () => {
    expect(refusedEvent('via', undefined)).toContain(
      '"via" is missing: expected "syscall", "vdso", "nmi", "timer-base", "file-stamp", "page". See docs/protocol.md, "Events".',
    );
  });

  test('that it is no object', () => {
    expect(message(() => decodeEvent([1], machine, AT))).toContain(
      'it is [1]: expected an object with a "kind".',
    );
  });

  test('which vCPU, VM or host the machine does not have', () => {
    expect(refusedEvent('actor.vcpu', 2)).toContain(
      '"actor.vcpu" is 2: expected a vCPU of VM 0, which has 0 to 1.',
    );
    expect(refusedEvent('actor.vm', 2)).toContain(
      '"actor.vm" is 2: expected a VM of the machine, which has 0 to 1.',
    );
    const skipped: Event = {
      ...read,
      kind: 'skipped',
      actor: { host: 1 },
      command: 0,
      because: 'not modelled',
    };
    expect(refusedEvent('actor.host', 2, strip(skipped))).toContain(
      '"actor.host" is 2: expected a host of the machine, which has 0 to 1.',
    );
    expect(decodeEvent(having(strip(skipped), 'actor.host', 1), machine, AT)).toMatchObject({
      actor: { host: 1 },
    });
    const migrated: Event = {
      ...strip(read),
      kind: 'vm-migrated',
      actor: { vm: 0, task: 'vmm' },
      from: 0,
      to: 1,
    };
    expect(refusedEvent('from', 5, migrated)).toContain('"from" is 5: expected a host');
    expect(refusedEvent('to', 5, migrated)).toContain('"to" is 5: expected a host');
    const booted: Event = {
      ...strip(read),
      kind: 'booted',
      actor: { vm: 0, task: 'vmm' },
      host: 0,
    };
    expect(refusedEvent('host', 2, booted)).toContain('"host" is 2: expected a host');
  });

  test('three things that are wrong, and how many more there are', () => {
    const text = message(() => decodeTraceHeader({ format: 1 }, AT));
    expect(text.match(/is missing/g)).toHaveLength(3);
    expect(text).toMatch(/\n {2}and 3 more$/);
  });

  test('no more of it than fits', () => {
    const text = refusedEvent('kind', 'x'.repeat(500));
    expect(
      Math.max(
        ...text
          .split('\n')
          .slice(0, 2)
          .map((line) => line.length),
      ),
    ).toBeLessThan(170);
  });
});

/** The stamp of an event alone: the fields of its kind are put beside it again. */
function strip(event: Event): Event {
  const keep = ['kind', 'actor', 'incarnation', 'earliestNs', 'latestNs', 'command', 'because'];
  // Sound: what is left out here is what the caller, or JSON's reader, asks for by name.
  return Object.fromEntries(Object.entries(event).filter(([name]) => keep.includes(name))) as never;
}

describe('a refused machine says', () => {
  test.each([
    ['hz', 0, '"hz" is 0: expected a JSON integer from 1 to 10000.'],
    ['hz', 10_001, '"hz" is 10001: expected a JSON integer from 1 to 10000.'],
    ['hosts', [], '"hosts" is []: expected a list of at least 1.'],
    ['vms', [], '"vms" is []: expected a list of at least 1.'],
    ['vms.0.vcpus', [], '"vms.0.vcpus" is []: expected a list of at least 1.'],
    ['vms.0.clocksource.widthBits', 7, 'expected a JSON integer from 8 to 64.'],
    ['vms.0.clocksource.widthBits', 65, 'expected a JSON integer from 8 to 64.'],
    ['vms.0.clocksource.freq', '0', 'is "0": expected a whole number from 1 to 2^32 - 1.'],
    ['vms.0.clocksource.freq', '4294967296', 'expected a whole number from 1 to 2^32 - 1.'],
    ['hosts.0.counterHz', '0', '"hosts.0.counterHz" is "0": expected a whole number from 1 to'],
    ['kernel', '6.12.118', '"kernel" is "6.12.118": did you mean "6.12.117"?'],
    ['vms.1.host', 2, '"vms.1.host" is 2: expected a host of the machine, which has 0 to 1.'],
    ['declared.skewNs', '2', '"declared.skewNs" is "2": the counters of VM 0 differ by more'],
    ['declared.ratePpb.lowest', '1001', 'is "1001": it is above "highest", 1000.'],
    ['declared.rtcResolutionNs', '0', 'expected a whole number from 1 to 2^64 - 1.'],
  ])('why %s cannot be %j', (path, given, reason) => {
    const text = refusedMachine(path, given);
    expect(text).toContain('clock.jsonl, line 3 is not a machine:');
    expect(text).toContain(reason);
    expect(text).toContain('See docs/protocol.md, "Machine".');
  });

  test('that one host is all there is', () => {
    const alone = { ...machine, hosts: machine.hosts.slice(0, 1) };
    expect(message(() => decodeMachine(having(alone, 'vms.1.host', 1), AT))).toContain(
      'expected a host of the machine, which has 0 only.',
    );
  });
});

describe('a refused schedule or counterexample says', () => {
  test('which command is of a host, VM or vCPU that is not there', () => {
    expect(refusedSchedule('commands.1.to', 2)).toContain(
      '"commands.1.to" is 2: expected a host of the machine, which has 0 to 1. ' +
        'See docs/protocol.md, "Commands".',
    );
    expect(refusedSchedule('commands.2.actor.vcpu', 9)).toContain('"commands.2.actor.vcpu" is 9:');
  });

  test('what an actor may be', () => {
    expect(refusedSchedule('commands.2.actor', { host: 0 })).toContain(
      '"commands.2.actor" is {"host":0}: expected { vm, vcpu } or { vm, task }.',
    );
  });

  test('that a step count starts at 1', () => {
    expect(refusedSchedule('commands.1.stopAfter', 0)).toContain(
      '"commands.1.stopAfter" is 0: expected a JSON integer, 1 or more.',
    );
  });

  test.each([
    'schedule.commands.2.actor.vcpu',
    'events.1.actor.vcpu',
    'violation.evidence.0.actor.vcpu',
  ])('that %s is not there', (path) => {
    const wire = having(encodeCounterexample(counterexample), path, 2);
    const text = message(() => decodeCounterexample(wire, { source: 'x.json' }));
    expect(text).toContain(`x.json is not a counterexample:`);
    expect(text).toContain(`"${path}" is 2: expected a vCPU of VM 0, which has 0 to 1.`);
  });

  test('that a twin has its own machine', () => {
    const twin = { ...schedule, machine: { ...machine, vms: machine.vms.slice(0, 1) } };
    const wire = encodeCounterexample({ ...counterexample, twin });
    expect(message(() => decodeCounterexample(wire, AT))).toContain(
      '"twin.commands.3.actor.vm" is 1:',
    );
  });

  test('that a newer tickproof wrote it', () => {
    const wire = having(encodeCounterexample(counterexample), 'format', 2);
    expect(message(() => decodeCounterexample(wire, { source: 'x.json' }))).toBe(
      'x.json is of format 2, and this tickproof reads format 1.\n' +
        '  A newer tickproof wrote it: `npm install tickproof@latest` brings one that reads it.',
    );
    expect(message(() => decodeTraceHeader({ format: 3 }, AT))).toContain('line 3 is of format 3,');
  });

  test('that format 0 never was', () => {
    expect(message(() => decodeTraceHeader({ ...header, format: 0 }, AT))).toContain(
      '"format" is 0: expected 1.',
    );
  });
});
