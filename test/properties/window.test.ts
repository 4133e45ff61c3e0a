import { describe, expect, test } from 'vitest';
import { Integral, Presence } from '../../src/properties/window.js';

describe('Presence', () => {
  test('a vCPU counts as stopped before its first start', () => {
    const presence = new Presence(2);
    expect(presence.phase).toBe('away');
    presence.started(0);
    expect(presence.phase).toBe('partly');
    presence.started(1);
    expect(presence.phase).toBe('fully');
  });

  test('the VM is stopped when every vCPU is, and not before', () => {
    const presence = new Presence(2);
    presence.started(0);
    presence.started(1);
    presence.stopped(0);
    expect([presence.phase, presence.isStopped]).toEqual(['partly', false]);
    presence.stopped(1);
    expect([presence.phase, presence.isStopped]).toEqual(['away', true]);
  });

  test('starting or stopping twice is once', () => {
    const presence = new Presence(1);
    presence.started(0);
    presence.started(0);
    presence.stopped(0);
    presence.stopped(0);
    expect(presence.isStopped).toBe(true);
    presence.started(0);
    expect(presence.phase).toBe('fully');
  });

  test('a suspended guest is away though its vCPUs run', () => {
    const presence = new Presence(1);
    presence.started(0);
    presence.suspended = true;
    expect([presence.phase, presence.isStopped]).toEqual(['away', false]);
  });

  test('who takes up a snapshot starts with all vCPUs stopped, and as suspended as it was', () => {
    const presence = new Presence(1);
    presence.started(0);
    presence.suspended = true;
    const copy = presence.copyStopped();
    expect([copy.isStopped, copy.suspended]).toEqual([true, true]);
  });
});

describe('Integral', () => {
  test('grows at its rate while it goes on, and not else', () => {
    const integral = new Integral(3n);
    integral.begin(10n);
    expect(integral.at(15n)).toBe(15n);
    integral.end(20n);
    expect(integral.at(100n)).toBe(30n);
    integral.begin(100n);
    expect(integral.at(101n)).toBe(33n);
  });

  test('begins and ends once', () => {
    const integral = new Integral(1n);
    integral.end(5n);
    integral.begin(10n);
    integral.begin(15n);
    integral.end(20n);
    integral.end(30n);
    expect(integral.at(40n)).toBe(10n);
  });

  test('intervals that overlap count their time once', () => {
    const integral = new Integral(1n);
    integral.begin(0n);
    integral.end(20n);
    integral.begin(10n);
    integral.end(30n);
    expect(integral.at(40n)).toBe(30n);
  });

  test('an end before its begin counts nothing', () => {
    const integral = new Integral(1n);
    integral.begin(20n);
    integral.end(10n);
    expect(integral.at(40n)).toBe(0n);
  });

  test('of an instant before its last edge it is what it was there', () => {
    const integral = new Integral(1n);
    integral.begin(0n);
    integral.changeRate(10n, 2n);
    expect(integral.at(5n)).toBe(10n);
    expect(integral.edgeNs).toBe(10n);
  });

  test('a change of rate counts from its instant', () => {
    const integral = new Integral(1n);
    integral.begin(0n);
    integral.changeRate(10n, 5n);
    expect(integral.at(12n)).toBe(20n);
  });

  test('a change of rate that may lie before the last edge counts for the time since as well', () => {
    const integral = new Integral(1n);
    integral.begin(10n);
    integral.changeRate(4n, 5n);
    // As if 6 ns at 4 more had been forgotten.
    expect(integral.at(12n)).toBe(6n * 4n + 2n * 5n);
  });

  test('while it does not go on a change of rate is for later', () => {
    const integral = new Integral(1n);
    integral.changeRate(100n, 5n);
    integral.begin(10n);
    expect(integral.at(12n)).toBe(10n);
  });

  test('a copy goes its own way', () => {
    const integral = new Integral(1n);
    integral.begin(0n);
    const copy = integral.copy();
    copy.add(100n);
    copy.end(10n);
    expect([integral.at(20n), copy.at(20n)]).toEqual([20n, 110n]);
  });
});
