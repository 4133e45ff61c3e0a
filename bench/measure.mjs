import { CLOCKSOURCES, plainMachine } from '../dist/generators/machine.js';
import { registerClocksource } from '../dist/model/clocksource.js';
import { DESIGNS } from '../dist/model/designs/index.js';
import { referenceGuest } from '../dist/model/reference.js';
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

/** What arming and cancelling a timer cost with so many armed already. */
export function timerCosts() {
  const guest = referenceGuest();
  const machine = plainMachine(DESIGNS[0], CLOCKSOURCES[1], 1);
  const actor = { vm: 0, vcpu: 0 };
  const rest = { clock: 'CLOCK_MONOTONIC', relative: true, slackNs: 0n };
  // Expiries in no order: 7919 is prime.
  const arm = (timer) => ({
    ...{ kind: 'arm', actor, timer, ...rest },
    expiresNs: BigInt((timer * 7919) % 100_003) * 1_000n + 1_000_000n,
  });
  const armed = (count) => Array.from({ length: count }, (_, timer) => arm(timer));
  const play = (commands) =>
    cpuNsPer(() => {
      guest.run({ machine, commands }, () => {});
      return 1;
    });
  const fastest = (commands) => Math.min(...Array.from({ length: 9 }, () => play(commands)));
  const more = Array.from({ length: 1_000 }, (_, at) => [
    arm(1_000_000 + at),
    { kind: 'cancel', actor, timer: 1_000_000 + at },
  ]).flat();
  const costs = [100, 1_000, 10_000].map((count) => {
    const before = armed(count);
    const alone = fastest(before);
    return { count, ms: alone / 1e6, ns: (fastest([...before, ...more]) - alone) / more.length };
  });
  for (const { count, ms, ns } of costs) {
    console.log(
      `  ${count} timers are armed in ${ms.toFixed(1)} ms; beside them one more, or one less, is ${ns.toFixed(0)} ns`,
    );
  }
  const [few, , many] = costs;
  console.log(
    `  10,000 in ${many.ms.toFixed(0)} ms (target 50); a command's cost grows ${(many.ns / few.ns).toFixed(1)} times from 100 to 10,000 (log n: 2)`,
  );
}
