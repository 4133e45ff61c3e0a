import { describe, expect, test } from 'vitest';
import type { Event, EventOf } from '../../src/contract/event.js';
import { before, type Inheritable, Lives, wasOver } from '../../src/properties/before.js';
import { Story } from './events.js';

function reads(story: Story): readonly EventOf<'clock-read'>[] {
  return story.events.filter((event) => event.kind === 'clock-read');
}

function isBefore(story: Story): boolean {
  const [a, b] = reads(story);
  return a !== undefined && b !== undefined && before(a, b);
}

describe('before', () => {
  test('orders the acts of one vCPU as they were shown, whatever their instants', () => {
    expect(isBefore(new Story().at(5n, 9n).monotonic(0, 1n).at(0n, 9n).monotonic(0, 2n))).toBe(
      true,
    );
  });

  test('orders two vCPUs where the first act ended strictly before the second began', () => {
    expect(isBefore(new Story().at(5n).monotonic(0, 1n).at(6n).monotonic(1, 2n))).toBe(true);
    expect(isBefore(new Story().at(5n).monotonic(0, 1n).at(5n).monotonic(1, 2n))).toBe(false);
    expect(isBefore(new Story().at(1n, 6n).monotonic(0, 1n).at(6n).monotonic(1, 2n))).toBe(false);
  });

  test('orders an act handed down by a snapshot before those begun since, at one instant too', () => {
    const restored = (ns: bigint) =>
      isBefore(new Story().at(5n).monotonic(0, 1n).in(1).at(ns, 9n).monotonic(1, 2n));
    expect(restored(5n)).toBe(true);
    // A read that the restored vCPU goes on with began before the act ended.
    expect(restored(4n)).toBe(false);
  });

  test('knows of an act that it was over when the snapshot was taken', () => {
    const story = new Story().at(5n).monotonic(0, 1n).at(5n, 6n).monotonic(0, 1n).at(5n).save(0);
    const saved = story.events.find((event) => event.kind === 'vm-saved');
    if (saved === undefined) throw new Error('the story has a snapshot');
    expect(reads(story).map((read) => wasOver(read, saved))).toEqual([true, false]);
  });
});

/** Remembers what it was shown. */
class Names implements Inheritable<Names> {
  constructor(readonly names: string[] = []) {}

  copy(): Names {
    return new Names([...this.names]);
  }
}

function tell(story: Story): {
  readonly lives: Lives<Names>;
  readonly of: (event: Event) => Names;
} {
  const lives = new Lives(() => new Names());
  const of = (event: Event): Names => {
    if (!('vm' in event.actor)) throw new Error('hosts have no lives');
    return lives.of({ ...event, actor: event.actor });
  };
  for (const event of story.events) {
    if (event.kind === 'booted') lives.booted(event);
    else if (event.kind === 'vm-saved') lives.vmSaved(event);
    else if (event.kind === 'vm-restored') lives.vmRestored(event);
    else if (event.kind === 'clock-read') of(event).names.push(String(event.ns));
  }
  return { lives, of };
}

describe('Lives', () => {
  const namesAt = (story: Story): readonly string[] => {
    const { of } = tell(story);
    const last = story.events.at(-1);
    return last === undefined ? [] : of(last).names;
  };

  test('a restored life takes up what was known at the snapshot, not what came after', () => {
    const story = new Story().boot().monotonic(0, 1n).save(0).monotonic(0, 2n).restore(0, 1);
    expect(namesAt(story.monotonic(0, 3n))).toEqual(['1', '3']);
  });

  test('two clones know nothing of each other', () => {
    const story = new Story().boot().monotonic(0, 1n).save(0);
    story.restore(0, 1).monotonic(0, 2n).restore(0, 2).monotonic(0, 3n);
    expect(namesAt(story)).toEqual(['1', '3']);
    expect(namesAt(story.in(1).monotonic(0, 4n))).toEqual(['1', '2', '4']);
  });

  test('a boot begins a life without a past', () => {
    expect(namesAt(new Story().boot().monotonic(0, 1n).boot().monotonic(0, 2n))).toEqual(['2']);
  });

  test('a snapshot that nobody saw gives no past', () => {
    const story = new Story().boot().monotonic(0, 1n).restore(7, 1).monotonic(0, 2n);
    expect(namesAt(story)).toEqual(['2']);
  });

  test('VMs are kept apart, their snapshots of one number too', () => {
    const story = new Story().boot().monotonic(0, 1n).save(0).in(0, 1).boot().monotonic(0, 2n);
    expect(namesAt(story.save(0).restore(0, 1).monotonic(0, 3n))).toEqual(['2', '3']);
  });
});
