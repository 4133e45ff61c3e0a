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
  const elapse = fc.record({ kind: kind('elapse'), ns });
  const read = fc.record({ kind: kind('read'), actor: vcpu, clock, via: kind('syscall') });
  const tick = fc.record({ kind: kind('tick'), actor: vcpu });
  return [
    ...Array(4).fill(elapse),
    ...Array(4).fill(read),
    ...Array(3).fill(tick),
    fc.record({ kind: kind('read'), actor: vcpu, clock, via: kind('syscall'), stopAfter }),
    fc.record({ kind: kind('tick'), actor: vcpu, stopAfter }),
    fc.record({ kind: kind('snapshot'), actor: vcpu }),
    fc.record({
      kind: kind('settime'),
      actor: vcpu,
      sec: fc.bigInt({ min: machine.epochSec, max: machine.epochSec + (1n << 30n) }),
      nsec: fc.bigInt({ min: 0n, max: 999_999_999n }),
    }),
    fc.record({
      kind: kind('adjtimex'),
      actor: vcpu,
      timex: fc.record({
        modes: fc.constantFrom(0x2, 0x4000, 0x4002),
        freq: fc.bigInt({ min: -32_768_000n, max: 32_768_000n }),
        tick: fc.bigInt({ min: 9_000n, max: 11_000n }),
      }),
    }),
    fc.record({
      kind: kind('arm'),
      actor: vcpu,
      timer: fc.nat({ max: 3 }),
      clock: fc.constantFrom('CLOCK_MONOTONIC', 'CLOCK_BOOTTIME'),
      expiresNs: ns,
      relative: fc.boolean(),
      slackNs: fc.constant(0n),
    }),
    fc.record({ kind: kind('guest-suspend'), actor: vcpu }),
    fc.record({ kind: kind('guest-resume'), actor: vcpu }),
    fc.record({ kind: kind('vm-pause'), actor: vmm }),
    fc.record({ kind: kind('vm-resume'), actor: vmm }),
    fc.record({ kind: kind('continue'), actor: vcpu }),
  ];
}
