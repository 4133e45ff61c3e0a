import { describe, expect, test } from 'vitest';
import { oneEvil, oneEvilOfDesigns } from '../../src/app/one-evil.js';
import { firstReads, hasGuestCode } from '../../src/app/one-evil-play.js';
import { DESIGNS } from '../../src/app/parts.js';
import { sceneMachine } from '../../src/generators/scene.js';
import { drawStepLists } from '../../src/generators/step-lists.js';
import { Prng } from '../../src/math/prng.js';
import { orderOf } from '../../src/model/designs/order.js';

// laws.md: without guest code REALTIME is MONOTONIC + a constant, so one of the two is off by the stop.
// `npm run one-evil` judges others.
describe('first-read-cannot-have-both', () => {
  test('none of 100,000 random lists of host steps keeps both promises', () => {
    const { verdicts, exceptions, lists } = oneEvil({ seed: 1824, lists: 100_000 });
    expect(lists).toBe(100_000);
    expect(exceptions).toEqual([]);
    // A list that puts one of the two to no test says nothing.
    expect(verdicts.vacuous).toBeLessThan(1_000);
    for (const verdict of ['monotonic-kept', 'realtime-kept', 'neither'] as const) {
      expect(verdicts[verdict], verdict).toBeGreaterThan(1_000);
    }
  });

  test('no design without guest code keeps both, and few put neither to the test', () => {
    const judged = oneEvilOfDesigns().filter((row) => !row.hasGuestCode);
    expect(judged.filter(({ verdict }) => verdict === 'both-kept')).toEqual([]);
    const vacuous = judged.filter(({ verdict }) => verdict === 'vacuous');
    // These go on nowhere but on another host; of the last no read completes.
    expect(vacuous.map(({ design, stop }) => `${design} ${stop}`).toSorted()).toEqual([
      'bounded-horizon-behind pause',
      'bounded-horizon-inside pause',
      'bounded-horizon-irq-off pause',
      'counters-run-on-moved pause',
      'counters-run-on-moved-ahead pause',
    ]);
  });

  test('is searched by a judge that can find an exception: a guest that freezes keeps both', () => {
    const keeping = oneEvilOfDesigns().filter(({ verdict }) => verdict === 'both-kept');
    expect(keeping).toContainEqual({
      design: 'cooperative-freeze',
      stop: 'migrate',
      hasGuestCode: true,
      verdict: 'both-kept',
    });
    const freeze = orderOf({
      pause: ['notify-guest', 'await-ack', 'pause-vcpus'],
      resume: ['run-vcpu 0', 'notify-guest', 'run-vcpu 1'],
      guest: ['freeze', 'ack'],
    });
    expect(hasGuestCode(freeze)).toBe(true);
    const machine = sceneMachine(freeze);
    expect(firstReads({ design: freeze, stop: 'pause', machine })).toEqual({
      monotonic: 'holds',
      realtime: 'holds',
    });
  });

  test('calls a handler, an agent and a freeze code of the guest, and steps of KVM none', () => {
    const named = (name: string) => DESIGNS.find((design) => design.name === name);
    for (const [name, has] of [
      ['crosvm-pvclock', true],
      ['agent-steps-realtime-first', true],
      ['cooperative-freeze', true],
      ['qemu-stop-cont-kvmclock', false],
      ['kvm-documented-migration', false],
    ] as const) {
      const design = named(name);
      expect(design && hasGuestCode(design), name).toBe(has);
    }
  });

  test('every list drawn stops and starts both vCPUs, once each, and runs nothing in the guest', () => {
    for (let run = 0; run < 300; run++) {
      const stop = (['pause', 'save', 'migrate'] as const)[run % 3] ?? 'pause';
      const design = orderOf(drawStepLists(new Prng(5, run), stop));
      expect(hasGuestCode(design)).toBe(false);
      const kinds = design.pause([0, 1]).filter(({ kind }) => kind === 'pause-vcpu');
      expect(kinds).toHaveLength(2);
      const out =
        design.restore?.([0, 1], 0) ?? design.migrate?.([0, 1], 1) ?? design.resume([0, 1]);
      expect(out.filter(({ kind }) => kind === 'run-vcpu')).toHaveLength(2);
    }
  });
});
