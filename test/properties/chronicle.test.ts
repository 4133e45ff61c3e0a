import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { Finding, Monitor, Property } from '../../src/contract/property.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { monotonicNeverDecreases } from '../../src/properties/monotonic-never-decreases.js';
import { machine } from '../schedules.js';
import { Story } from './events.js';

const on = machine('cooperative-freeze');
const premises = { machine: on, declared: on.declared, strict: new Set<never>() };

function hear(monitor: Monitor, event: Event): Finding {
  const method = monitor[event.kind] as ((event: Event) => Finding) | undefined;
  return method?.call(monitor, event);
}

function story(): readonly Event[] {
  return new Story()
    .at(0n)
    .boot(2)
    .at(10n)
    .read(0, 'CLOCK_MONOTONIC', 10n)
    .at(20n)
    .read(0, 'CLOCK_MONOTONIC', 5n).events;
}

function findings(monitor: Monitor, events: readonly Event[]): readonly unknown[] {
  return events.map((event) => hear(monitor, event)).filter((finding) => finding !== undefined);
}

describe('laws that were given the same premises', () => {
  test('judge as if alone, also where one hears the whole run before the other', () => {
    const [a, b]: readonly Property[] = [monotonicNeverDecreases, monotonicKeepsMoving];
    if (a === undefined || b === undefined) return;
    const events = story();
    const alone = [a, b].map((law) => findings(law.monitor({ ...premises }), events));
    const [first, second] = [a.monitor(premises), b.monitor(premises)];
    expect([findings(first, events), findings(second, events)]).toEqual(alone);
    expect(alone[0]).toMatchObject([{ observed: '5 ns on vCPU 0: 5 ns back' }]);
  });

  test('do not go on where they are shown different runs', () => {
    const shared = { ...premises };
    const first = monotonicNeverDecreases.monitor(shared);
    const second = monotonicKeepsMoving.monitor(shared);
    const [boot, ...rest] = story();
    if (boot === undefined) return;
    for (const monitor of [first, second]) hear(monitor, boot);
    for (const event of rest) hear(first, event);
    const [, other] = new Story().at(0n).boot(2).events;
    if (other === undefined) return;
    expect(() => hear(second, other)).toThrow('different runs');
  });
});
