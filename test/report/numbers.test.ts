import { describe, expect, test } from 'vitest';
import {
  count,
  counted,
  duration,
  elapsed,
  frequency,
  instant,
  seconds,
} from '../../src/report/numbers.js';

describe('numbers', () => {
  test('a clock value always has nine decimals', () => {
    expect(seconds(5_000_000_001n)).toBe('5.000000001 s');
    expect(seconds(0n)).toBe('0.000000000 s');
    expect(seconds(-1n)).toBe('-0.000000001 s');
  });

  test('an instant carries its sign', () => {
    expect(instant(1n)).toBe('+0.000000001 s');
    expect(instant(-1n)).toBe('-0.000000001 s');
  });

  test.each([
    [0n, '0 ns'],
    [999n, '999 ns'],
    [1_000n, '1 us'],
    [1_500_000n, '1.5 ms'],
    [1_500_001n, '1.500001 ms'],
    [60_000_000_000n, '60 s'],
    [-1_500n, '-1.5 us'],
  ])('the duration of %s ns is exact: %s', (ns, text) => {
    expect(duration(ns)).toBe(text);
  });

  test.each([
    [2_100_000_000n, '2.1 GHz'],
    [24_000_000n, '24 MHz'],
    [3_579_545n, '3.579545 MHz'],
    [1_000n, '1 kHz'],
    [250n, '250 Hz'],
  ])('the frequency of %s Hz is exact: %s', (hz, text) => {
    expect(frequency(hz)).toBe(text);
  });

  test('counts have their thousands apart and agree with their noun', () => {
    expect(count(66952)).toBe('66,952');
    expect(count(1_234_567)).toBe('1,234,567');
    expect(counted(1, 'run')).toBe('1 run');
    expect(counted(1000, 'run')).toBe('1,000 runs');
    expect(counted(2, 'law holds', 'laws hold')).toBe('2 laws hold');
    expect(elapsed(3149)).toBe('3.1 s');
  });
});
