import * as fc from 'fast-check';

/** The commands that `draw` draws, as fast-check's own arbitraries, one a kind. */
export function commandArbitraries(machine) {
  const vcpu = fc.record({ vm: fc.constant(0), vcpu: fc.nat({ max: 3 }) });
  const vmm = fc.constant({ vm: 0, task: 'vmm' });
  // Log-uniform, as ours: uniform waits would make the model count seconds and be the slower for it.
  const ns = fc
    .tuple(fc.nat({ max: 34 }), fc.nat({ max: 1023 }))
    .map(([bits, part]) => ((1024n + BigInt(part)) << BigInt(bits)) >> 10n);
  const stopAfter = fc.integer({ min: 1, max: 7 });
  const clock = fc.constantFrom(
    'CLOCK_MONOTONIC',
    'CLOCK_MONOTONIC_RAW',
    'CLOCK_BOOTTIME',
    'CLOCK_REALTIME',
    'CLOCK_TAI',
  );
  const kind = (name) => fc.constant(name);
  const steps = { stopAfter };
  const operation = (name, fields = {}) =>
    fc.record(
      { kind: kind(name), actor: vmm, ...fields, ...steps },
      { requiredKeys: ['kind', 'actor', ...Object.keys(fields)] },
    );
  const act = (name, fields = {}) => fc.record({ kind: kind(name), actor: vcpu, ...fields });
  const stepped = (name, fields = {}) =>
    fc.record(
      { kind: kind(name), actor: vcpu, ...fields, ...steps },
      { requiredKeys: ['kind', 'actor', ...Object.keys(fields)] },
    );
  const snapshot = fc.nat({ max: 1 });
  // As often as ours: see WEIGHTS in src/generators/draw.ts.
  const weighted = [
    [8, fc.record({ kind: kind('elapse'), ns })],
    [8, stepped('read', { clock, via: kind('syscall') })],
    [3, act('snapshot')],
    [6, stepped('tick')],
    [
      1,
      act('settime', {
        sec: fc.bigInt({ min: machine.epochSec, max: machine.epochSec + (1n << 30n) }),
        nsec: fc.bigInt({ min: 0n, max: 999_999_999n }),
      }),
    ],
    [
      2,
      act('adjtimex', {
        timex: fc.record({
          modes: fc.constantFrom(0x2, 0x4000, 0x4002),
          freq: fc.bigInt({ min: -32_768_000n, max: 32_768_000n }),
          tick: fc.bigInt({ min: 9_000n, max: 11_000n }),
        }),
      }),
    ],
    [
      2,
      act('arm', {
        timer: fc.nat({ max: 3 }),
        clock: fc.constantFrom('CLOCK_MONOTONIC', 'CLOCK_BOOTTIME'),
        expiresNs: ns,
        relative: fc.boolean(),
        slackNs: fc.constant(0n),
      }),
    ],
    [1, act('cancel', { timer: fc.nat({ max: 3 }) })],
    [1, act('guest-suspend')],
    [2, act('guest-resume')],
    [1, operation('vm-pause')],
    [2, operation('vm-resume')],
    [1, operation('vm-save', { snapshot })],
    [1, operation('vm-restore', { snapshot })],
    [1, operation('vm-migrate', { to: fc.nat({ max: 1 }) })],
    [3, act('continue')],
  ];
  return weighted.flatMap(([weight, arbitrary]) => Array(weight).fill(arbitrary));
}
