import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/contract/errors.js';
import { registerClocksource, registerJiffies } from '../../src/model/clocksource.js';
import { COUNTERS } from './booted.js';

describe('registering a counter', () => {
  test.each([
    ['tsc25', 738_197n, 2_476_377_840_562n, 440_795_263_295n],
    ['tsc29999', 615_185n, 2_971_553_919_174n, 440_795_221_274n],
    ['kvm1g', 922_746n, 1_981_102_219_259n, 881_590_591_483n],
    ['arm24m', 76_895_573n, 23_773_224_384n, 440_795_202_592n],
    ['acpipm', 257_783_288n, 16_777_215n, 2_085_701_024n],
    ['hpet', 257_783_288n, 4_294_967_295n, 133_484_873_504n],
  ] as const)('%s gets the limits of the kernel', (name, maxadj, maxCycles, maxIdleNs) => {
    expect(registerClocksource(COUNTERS[name])).toMatchObject({ maxadj, maxCycles, maxIdleNs });
  });

  test('a counter may run ahead by seven eighths of its width', () => {
    const { maxRawDelta, mask } = registerClocksource(COUNTERS.acpipm);
    expect(maxRawDelta).toBe(14_680_061n);
    expect(mask).toBe(0xff_ffffn);
  });

  test('of narrow counters the whole width is convertible, so readers never see them run back', () => {
    const { maxCycles, mask } = registerClocksource(COUNTERS.hpet);
    expect(maxCycles).toBe(mask);
  });

  test('user space reads the TSC, kvm-clock and the timer of Arm by itself, and no other counter', () => {
    expect(registerClocksource(COUNTERS.tsc25).vdsoClockMode).toBe('tsc');
    expect(registerClocksource(COUNTERS.kvm1g).vdsoClockMode).toBe('pvclock');
    expect(registerClocksource(COUNTERS.arm24m).vdsoClockMode).toBe('archtimer');
    expect(registerClocksource(COUNTERS.hpet).vdsoClockMode).toBe('none');
    expect(registerClocksource(COUNTERS.acpipm).vdsoClockMode).toBe('none');
  });

  test.each([
    ['freq 0', { freq: 0n }, /freq 0: the kernel divides by it.*1 to 2\^32 - 1/],
    ['a negative freq', { freq: -5n }, /freq -5/],
    ['a freq past 32 bits', { freq: 2n ** 32n }, /freq 4294967296: .*32 bits.*kHz \(scale 1000\)/],
    ['a scale of its own', { scale: 10n }, /scale 10: .*1 \(Hz\) or 1000 \(kHz\)/],
    ['7 bits', { widthBits: 7 }, /widthBits 7.*8 to 64/],
    ['65 bits', { widthBits: 65 }, /widthBits 65/],
    ['half a bit', { widthBits: 8.5 }, /widthBits 8\.5/],
    ['a wrap within a tick', { widthBits: 16 }, /16 bits at 1000000000 Hz.*65536 ns.*1 ms/],
  ])('refuses %s and says what is accepted', (_, change, message) => {
    const register = () => registerClocksource({ ...COUNTERS.kvm1g, ...change });
    expect(register).toThrow(UsageError);
    expect(register).toThrow(message);
  });
});

describe('the jiffies counter', () => {
  test.each([
    [100, 2_560_000_000n, 281_600_000n, 19_112_604_462_750_000n],
    [1000, 256_000_000n, 28_160_000n, 1_911_260_446_275_000n],
  ])('at HZ %i counts ticks', (hz, mult, maxadj, maxIdleNs) => {
    const jiffies = registerJiffies(hz);
    expect(jiffies).toMatchObject({ mult, maxadj, maxIdleNs, shift: 8n, maxCycles: 0xffff_ffffn });
  });

  test('at a rate that does not divide the second rounds the length of a tick', () => {
    expect(registerJiffies(300).mult >> 8n).toBe(3_333_333n);
    expect(registerJiffies(600).mult >> 8n).toBe(1_666_667n);
  });

  test.each([0, 99, 1001, 250.5, Number.NaN])('refuses HZ %d', (hz) => {
    expect(() => registerJiffies(hz)).toThrow(UsageError);
  });
});
