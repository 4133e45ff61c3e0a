import { describe, expect, test } from 'vitest';
import { counterexampleLines, minimalWords } from '../../src/report/counterexample.js';
import { machineWords } from '../../src/report/machine.js';
import { page } from '../../src/report/style.js';
import { COUNTEREXAMPLE, MACHINE, SCHEDULE } from './examples.js';

const STYLE = { columns: 80, rich: false };
const TYPE = { replay: 'tickproof replay found/x.json', search: 'tickproof check --seed 7' };

const TWIN = {
  ...SCHEDULE,
  commands: SCHEDULE.commands.map((command) =>
    command.kind === 'elapse' ? { ...command, ns: 1_500_000_000n } : command,
  ),
};

describe('counterexample', () => {
  test('says what was promised, owed, seen, and how to see it again', () => {
    expect(page(STYLE, counterexampleLines(COUNTEREXAMPLE, TYPE, STYLE))).toBe(
      `BROKEN  monotonic-never-decreases            reference + core-negative-delta-u64

  Of two reads of a clock that cannot be set, the one surely later is not
  smaller.
  clock_gettime(2): "consecutive calls will not go backwards"
  https://man7.org/linux/man-pages/man2/clock_gettime.2.html

    expected   CLOCK_MONOTONIC at or past 5000000000 ns, read earlier on vCPU 0
    observed   3000000000 ns on vCPU 0: 2000000000 ns back

  host time       host             vCPU 0
  +5.000000000 s                >> read CLOCK_MONOTONIC  5.000000000 s
  +5.000000000 s  pause-vcpu 0     stopped
  +6.499999999 s  run-vcpu 0       runs
  +6.500000000 s                >> read CLOCK_MONOTONIC  3.000000000 s
                                   back by               2.000000000 s

  5 commands, shrunk from the 212 of run 18; minimal: single, pair; 96 replays
     1  vcpu 0: read CLOCK_MONOTONIC
     2  vmm: vm-pause
     3  elapse 1.499999999 s
     4  vmm: vm-resume
     5  vcpu 0: read CLOCK_MONOTONIC

  machine    2 vCPUs, clocksource tsc, 64 bits, 2.5 GHz, stops in suspend,
             persistent clock in seconds; HZ 250, NOHZ off, ticks by command
  design     counters-run-on
  core       Linux 6.12.117, KVM rules 6.12
  evidence   class 0: model only
  replay     tickproof replay found/x.json
  search     tickproof check --seed 7
`,
    );
  });

  test('the readable twin stands beside the exact schedule', () => {
    const text = counterexampleLines({ ...COUNTEREXAMPLE, twin: TWIN }, TYPE, STYLE).join('\n');
    expect(text).toMatch(/exact +in round numbers/);
    expect(text).toMatch(/3 {2}elapse 1\.499999999 s +elapse 1\.5 s/);
  });

  test('on a narrow page the twin stands below', () => {
    const narrow = { columns: 50, rich: false };
    const lines = counterexampleLines({ ...COUNTEREXAMPLE, twin: TWIN }, TYPE, narrow);
    expect(lines).toContain('        in round numbers');
    expect(lines).toContain('     3  elapse 1.5 s');
  });

  test('a twin that says the same is not shown', () => {
    const text = counterexampleLines({ ...COUNTEREXAMPLE, twin: SCHEDULE }, TYPE, STYLE).join('\n');
    expect(text).not.toContain('round numbers');
  });

  test('without a file it says how to get one', () => {
    const text = counterexampleLines(COUNTEREXAMPLE, { replay: null, search: null }, STYLE);
    expect(text.join('\n')).toContain('add --report DIR');
    expect(text.join('\n')).not.toContain('search  ');
  });

  test('a schedule that was never longer, and a subject that names its faults, are not repeated', () => {
    const example = {
      ...COUNTEREXAMPLE,
      subject: 'reference+core-negative-delta-u64',
      search: { seed: 7, run: 1, commands: 5 },
    };
    const text = counterexampleLines(example, TYPE, STYLE).join('\n');
    expect(text).not.toContain('shrunk from');
    expect(text).not.toContain('reference+core-negative-delta-u64 +');
  });

  test.each([
    [1, 'it agrees with a recording'],
    [2, 'reproduced on a named system'],
  ] as const)('evidence of class %i is worded', (evidenceClass, words) => {
    const text = counterexampleLines({ ...COUNTEREXAMPLE, evidenceClass }, TYPE, STYLE).join('\n');
    expect(text).toContain(words);
  });

  test('what was not certified is not claimed', () => {
    expect(minimalWords({ single: false, pair: false, value: false })).toBe(
      'not shown to be minimal',
    );
    expect(minimalWords({ single: true, pair: true, value: true })).toBe(
      'minimal: single, pair, value',
    );
  });
});

describe('machine', () => {
  test('what differs from the plain machine is said', () => {
    const [vm] = MACHINE.vms;
    if (vm === undefined) throw new Error('the example has a VM');
    const words = machineWords({
      ...MACHINE,
      hosts: [{ counterHz: 2_500_000_025n, counterBoot: 0n }],
      vms: [
        {
          ...vm,
          vcpus: [{ skewCycles: 0n }],
          clocksource: { ...vm.clocksource, nonstop: true },
          persistentClock: 'none',
        },
      ],
      declared: { ...MACHINE.declared, skewNs: 300n },
    });
    expect(words).toBe(
      '1 vCPU, clocksource tsc, 64 bits, 2.5 GHz registered, 2.500000025 GHz true, ' +
        'counts in suspend, skew up to 300 ns; HZ 250, NOHZ off, ticks by command',
    );
  });
});
