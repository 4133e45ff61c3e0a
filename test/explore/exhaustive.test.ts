import { describe, expect, test } from 'vitest';
import { DEFAULT_BOUNDS, programNamed } from '../../src/app/explore.js';
import { enumerate } from '../../src/explore/enumerate.js';
import { explore } from '../../src/explore/exhaustive.js';
import { MEMORIES } from '../../src/programs/concurrent.js';
import { PROGRAMS } from '../../src/programs/index.js';
import { load, store } from '../../src/programs/program.js';
import { BOUNDS, report, threadsOf } from './by-hand.js';

/** States that naive enumeration is given a program: more would make the test slow, not better. */
const SMALL = 700;

const PAIRS = PROGRAMS.flatMap((program) => MEMORIES.map((memory) => ({ program, memory })));
const compared: string[] = [];

describe('the reduction', () => {
  test.each(PAIRS)('$program.name on $memory ends in the states of naive enumeration', (pair) => {
    const { program, memory } = pair;
    // One reader: two of them are independent, and the states are the product.
    const bounds = { ...DEFAULT_BOUNDS, ...program.bounds, readers: 1 };
    const naive = enumerate(program, memory, bounds, SMALL);
    if (!naive.complete) return;
    const { finalStates, complete, executions } = explore(program, { memory, bounds, limit: 1e6 });
    expect(complete).toBe(true);
    expect([...finalStates].sort()).toEqual([...naive.finalStates].sort());
    expect(BigInt(executions)).toBeLessThanOrEqual(naive.executions);
    compared.push(`${program.name} on ${memory}`);
  });

  test('was compared on most programs, and on each memory', () => {
    expect(compared.length).toBeGreaterThan(60);
    for (const memory of MEMORIES) {
      expect(compared.filter((name) => name.endsWith(` on ${memory}`)).length).toBeGreaterThan(12);
    }
  });

  // The figures of design/performance.md, section 4: 1 writer, 2 readers, 2 tries each.
  test('takes 256 of the 1,350,968 interleavings of a seqcount with two readers', () => {
    const program = programNamed('seqcount');
    const bounds = { ...BOUNDS, readers: 2 };
    const naive = enumerate(program, 'sc', bounds, 10_000);
    expect(naive.executions).toBe(1_350_968n);
    const explored = explore(program, { memory: 'sc', bounds, limit: 1e6 });
    expect(explored.executions).toBe(256);
    expect(explored.asleep).toBe(0);
    expect(explored.finalStates).toEqual(naive.finalStates);
  });

  test('takes one interleaving where threads have nothing in common', () => {
    const apart = threadsOf(['x', 'y', 'z'], {
      *a() {
        yield store('x', 1n);
        yield load('x');
      },
      *b() {
        yield store('y', 1n);
        yield load('y');
      },
      *c() {
        yield load('z');
      },
    });
    expect(explore(apart, { memory: 'sc', bounds: BOUNDS, limit: 100 }).executions).toBe(1);
    // 5! / (2! 2! 1!)
    expect(enumerate(apart, 'sc', BOUNDS, 1000).executions).toBe(30n);
  });

  test('takes a run for each order of two stores, and one for each place of a load', () => {
    const stores = threadsOf(['x'], {
      *a() {
        yield store('x', 1n);
      },
      *b() {
        yield store('x', 2n);
      },
      c: () => report(load('x')),
    });
    // 3! orders, all of them told apart: 2 of the stores, 3 places of the load.
    expect(explore(stores, { memory: 'sc', bounds: BOUNDS, limit: 100 }).executions).toBe(6);
  });

  test('says so where its limit cut it', () => {
    const program = programNamed('seqcount');
    const cut = explore(program, { memory: 'sc', bounds: { ...BOUNDS, readers: 2 }, limit: 10 });
    expect(cut).toMatchObject({ complete: false, executions: 10 });
  });

  test('stops where it is told to', () => {
    const program = programNamed('seqcount');
    const cut = explore(program, { memory: 'sc', bounds: BOUNDS, limit: 10, visit: () => true });
    expect(cut).toMatchObject({ complete: false, executions: 1 });
  });
});
