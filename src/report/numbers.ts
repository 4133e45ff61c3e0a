const UNITS = [
  { name: 's', ns: 1_000_000_000n },
  { name: 'ms', ns: 1_000_000n },
  { name: 'us', ns: 1_000n },
  { name: 'ns', ns: 1n },
] as const;

/** A value of a clock in seconds, always with nine decimals: `5.000000001 s`. */
export function seconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const whole = size / 1_000_000_000n;
  const rest = (size % 1_000_000_000n).toString().padStart(9, '0');
  return `${ns < 0n ? '-' : ''}${whole}.${rest} s`;
}

/** An instant of true time, which starts at 0: `+0.000000001 s`. */
export function instant(ns: bigint): string {
  return ns < 0n ? seconds(ns) : `+${seconds(ns)}`;
}

/** A length of time, exact, in the largest unit of which it is at least one: `1.5 ms`. */
export function duration(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const unit = UNITS.find((each) => size >= each.ns) ?? UNITS[3];
  const rest = size % unit.ns;
  const digits = unit.ns.toString().length - 1;
  const decimals =
    rest === 0n ? '' : `.${rest.toString().padStart(digits, '0').replace(/0+$/, '')}`;
  return `${ns < 0n ? '-' : ''}${size / unit.ns}${decimals} ${unit.name}`;
}

/** A frequency, exact, in the largest unit of which it is at least one: `2.1 GHz`. */
export function frequency(hz: bigint): string {
  for (const [name, size] of [
    ['GHz', 1_000_000_000n],
    ['MHz', 1_000_000n],
    ['kHz', 1_000n],
  ] as const) {
    if (hz < size) continue;
    const rest = (hz % size).toString().padStart(size.toString().length - 1, '0');
    const decimals = rest.replace(/0+$/, '');
    return `${hz / size}${decimals === '' ? '' : `.${decimals}`} ${name}`;
  }
  return `${hz} Hz`;
}

/** A count with its thousands apart: `66,952`. */
export function count(n: number): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 run`, `2 runs`, `1,000 runs`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** How long something took, to a tenth of a second: `3.1 s`. */
export function elapsed(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
