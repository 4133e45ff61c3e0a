import { describe, expect, test } from 'vitest';
import { type } from './recorder.js';

/** As Cloud Hypervisor had it before March 2026. */
const REPORTED = ['--pause', 'get-clock pause-vcpus', '--resume', 'run-vcpus set-clock'];
const MENDED = ['--pause', 'pause-vcpus get-clock', '--resume', 'set-clock run-vcpus'];
const FROZEN = [
  ...['--pause', 'notify-guest await-ack pause-vcpus'],
  ...['--resume', 'run-vcpu 0 notify-guest run-vcpu 1', '--guest', 'freeze ack clear-ntp'],
];

describe('order', () => {
  test('--json says what holds, and each neighbour that was tried', async () => {
    const { code, stdout } = await type(['order', ...REPORTED, '--seed', '1', '--json']);
    expect(code).toBe(1);
    const { steps, laws, counterexamples, neighbours, holdsIf } = JSON.parse(stdout);
    expect(steps).toEqual({
      pause: ['get-clock', 'pause-vcpus'],
      resume: ['run-vcpus', 'set-clock'],
    });
    expect(counterexamples[0].law).toBe('monotonic-never-decreases');
    expect(laws[0]).toMatchObject({ name: counterexamples[0].law, verdict: 'violated' });
    expect(neighbours[0]).toMatchObject({
      change: 'set-clock before run-vcpus',
      steps: { resume: ['set-clock', 'run-vcpus'] },
      holds: false,
    });
    expect(holdsIf).toContainEqual({
      change: 'set-clock before run-vcpus and pause-vcpus before get-clock',
      runs: 1000,
    });
  });

  test('shows the proof with steps and reads side by side, then the orders beside it', async () => {
    const { code, stdout } = await type(['order', ...REPORTED, '--seed', '1']);
    expect(code).toBe(1);
    expect(stdout).toContain('pause    get-clock, pause-vcpus\nresume   run-vcpus, set-clock\n');
    expect(stdout).toMatch(/set-clock +>> read CLOCK_MONOTONIC/);
    expect(stdout).toMatch(/\n {4}set-clock before run-vcpus: still broken \(run \d+\)\n/);
    expect(stdout).toContain('set-clock+realtime for set-clock: holds in 1,000 runs');
    expect(stdout).toContain("search     tickproof order --pause 'get-clock pause-vcpus' --resume");
    expect(stdout).toMatch(/2 changes beside it mend\s+it\n$/);
  });

  test('says so where nothing broke: a guest that freezes first', async () => {
    const { code, stdout } = await type(['order', ...FROZEN, '--seed', '1', '--runs', '100']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/no promise broke\n$/);
  });

  test('takes the steps of a save, a restore and a move, and shows them', async () => {
    const { code, stdout } = await type([
      ...['order', '--pause', 'pause-vcpus', '--resume', 'run-vcpus', '--clocksource', 'tsc'],
      ...['--save', 'get-tscs save-memory', '--seed', '1', '--runs', '100'],
      ...['--restore', 'load-memory create-vcpus run-vcpus set-tscs'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      '\nsave     get-tscs, save-memory\nrestore  load-memory, create-vcpus,',
    );
    expect(stdout).toContain('    restore: set-tscs before run-vcpus: ');
    expect(stdout).toContain("--restore 'load-memory create-vcpus run-vcpus set-tscs'");
  });

  test('takes arm64, whose counter is set in cycles', async () => {
    const { stdout } = await type([
      ...['order', '--pause', 'pause-vcpus get-cntvct', '--resume', 'set-cntvct run-vcpus'],
      ...['--migrate', 'move set-cntvct run-vcpus', '--clocksource', 'arm'],
      ...['--seed', '1', '--runs', '50', '--json'],
    ]);
    const { laws, steps } = JSON.parse(stdout);
    expect(steps.migrate).toEqual(['move', 'set-cntvct', 'run-vcpus']);
    const verdictOf = (name: string) => laws.find((law: { name: string }) => law.name === name);
    expect(verdictOf('monotonic-never-decreases').verdict).toBe('holds');
    // The counter goes on from where it stood, and nobody sets REALTIME.
    expect(verdictOf('realtime-is-right-after-stop').verdict).toBe('violated');
  });

  test.each([
    [['--pause', 'pause-vcpus'], 'order needs both sides of a stop'],
    [['--pause', 'pause-vcpu', '--resume', 'run-vcpus'], 'no step is called "pause-vcpu".\n'],
    [
      ['--pause', 'get-clok pause-vcpus', '--resume', 'run-vcpus'],
      'no step is called "get-clok".\n  Did you mean get-clock?',
    ],
    [['--pause', 'get-clock', '--resume', 'run-vcpus'], '--pause stops no vCPU'],
    [['--pause', 'pause-vcpus', '--resume', 'set-clock'], '--resume lets no vCPU go on'],
    [
      [...MENDED, '--save', 'get-tscs', '--restore', 'load-memory run-vcpus'],
      "needs 'save-memory'",
    ],
    [[...MENDED, '--restore', 'run-vcpus'], "--restore loads nothing: it needs 'load-memory'"],
    [[...MENDED, '--migrate', 'set-clock run-vcpus'], "--migrate goes nowhere: it needs 'move'"],
    [[...MENDED, '--guest', 'freze'], 'no guest does "freze".\n  Did you mean freeze?'],
    [
      [...MENDED, '--clocksource', 'hpet'],
      '--clocksource "hpet": accepted are kvm-clock, tsc, arm.',
    ],
  ])('%j is refused', async (flags, message) => {
    const { code, stdout, stderr } = await type(['order', ...flags]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
