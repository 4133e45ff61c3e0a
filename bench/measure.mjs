import { CLOCKSOURCES } from '../dist/generators/machine.js';
import { registerClocksource } from '../dist/model/clocksource.js';
import { KERNEL_RULES } from '../dist/model/rules.js';
import { Timekeeper } from '../dist/model/timekeeper.js';

/** CPU time per unit of what `work` says it did, in ns. */
export function cpuNsPer(work) {
  const before = process.cpuUsage();
  const units = work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / units;
}

export function median(list) {
  const sorted = list.slice().sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** What a tick costs, plain and with NTP at work, in the reference core alone. */
export function tickCosts() {
  const clocksource = registerClocksource(CLOCKSOURCES[1]);
  const ticks = 20_000;
  const tickNs = 4_000_000n;
  const run = (timex) => {
    const timekeeper = new Timekeeper({
      kernel: '6.12.117',
      hz: 250,
      rules: KERNEL_RULES,
      clocksource,
      counter: 0n,
      persistent: { sec: 1_700_000_000n, nsec: 0n },
      bootNs: 0n,
    });
    let counter = 0n;
    if (timex !== undefined) timekeeper.adjtimex(timex, counter);
    return cpuNsPer(() => {
      for (let tick = 0; tick < ticks; tick++) {
        counter += tickNs;
        timekeeper.tick(counter);
      }
      return ticks;
    });
  };
  const plain = [];
  const ntp = [];
  for (let block = 0; block < 15; block++) {
    plain.push(run());
    ntp.push(run({ modes: 0x2, freq: 8_123_456n }));
  }
  const [a, b] = [median(plain), median(ntp)];
  console.log(
    `\n  a tick ${a.toFixed(0)} ns, with NTP at work ${b.toFixed(0)} ns: ${(b / a).toFixed(1)} times (target 3)`,
  );
}
