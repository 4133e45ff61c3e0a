import { describe, expect, test } from 'vitest';
import { nameOf } from '../../../src/model/designs/design.js';
import { nameOfOrder, orderOf, orderOfName, wordsOf } from '../../../src/model/designs/order.js';

describe('an order of steps', () => {
  const order = {
    pause: wordsOf('  get-clock pause-vcpu 1   pause-vcpu 0 get-tsc 12 '),
    resume: wordsOf('set-clock+realtime set-tsc-offset 12 run-vcpus'),
  };

  test('is read as words, a number belongs to the one before it', () => {
    expect(order.pause).toEqual(['get-clock', 'pause-vcpu 1', 'pause-vcpu 0', 'get-tsc 12']);
    expect(wordsOf('')).toEqual([]);
  });

  test('becomes steps, those of all vCPUs one by one', () => {
    const { pause, resume } = orderOf(order);
    expect(pause([0, 1]).map(nameOf)).toEqual(order.pause);
    expect(resume([0, 1]).map(nameOf)).toEqual([
      'set-clock+realtime',
      'set-tsc-offset 12',
      'run-vcpu 0',
      'run-vcpu 1',
    ]);
  });

  test('is what a schedule names it, so that a file replays it', () => {
    const name = nameOfOrder(order);
    expect(name).toBe(
      "order --pause 'get-clock pause-vcpu 1 pause-vcpu 0 get-tsc 12' --resume 'set-clock+realtime set-tsc-offset 12 run-vcpus'",
    );
    expect(orderOfName(name)?.pause([0]).map(nameOf)).toEqual(order.pause);
    expect(orderOfName('counters-stop')).toBeUndefined();
    expect(() => orderOfName("order --pause 'sleep' --resume 'run-vcpus'")).toThrow('"sleep"');
  });
});
