// The first line of a trace: in which world it was recorded, and what is promised of that world.
import { ppb, rateOf, widest } from './rate.mjs';

/** The multiplier is a whole number, steered by one step up and down: below 1 part in 10^6. */
const DITHER_PPB = 1000n;

/** Three times the longest time that a vCPU of these recordings was off its host CPU (68.6 ms). */
const PUBLICATION_NS = 200_000_000n;

const CLOCKSOURCES = {
  hpet: { name: 'hpet', freq: 100_000_000n, scale: 1n, widthBits: 32, nonstop: false },
  acpi_pm: { name: 'acpi_pm', freq: 3_579_545n, scale: 1n, widthBits: 24, nonstop: false },
};

/**
 * @param {import('./recording.mjs').Recording} recording
 * @param {import('./events.mjs').Converter} converter after it ran
 * @param {string} name of the raw file
 */
export function declare(recording, converter, name) {
  const counter = counterOf(recording, converter);
  const { freq, scale } = counter.clocksource;
  const host = { counterHz: freq * scale, counterBoot: 0n };
  const { argv, vcpus } = recording;
  const hosts = converter.host === 'A' ? [host] : [host, host];
  const vm = {
    host: 0,
    vcpus: Array.from({ length: vcpus }, () => ({ skewCycles: 0n })),
    clocksource: counter.clocksource,
    persistentClock: 'seconds',
    design: 'counters-stop',
  };
  return {
    format: 1,
    kind: 'trace',
    recorder: `examples/03-a-recorded-trace/convert.mjs from ${name}`,
    host: `QEMU 7.2 with TCG${argv === '' ? ', -icount' : `: ${shortened(argv)}`}`,
    guestKernel: 'Linux 6.1, Debian cloud kernel (amd64)',
    notes: notes(recording, converter, counter),
    machine: {
      kernel: '6.12.117',
      kvm: '6.12',
      hz: 250,
      nohz: 'idle',
      tick: 'clockevent',
      epochSec: recording.epochSec,
      hosts,
      vms: [vm],
      declared: {
        skewNs: 0n,
        counterPpb: counter.ppb,
        stopErrorNs: { monotonic: 1n, boottime: 1n },
        rtcResolutionNs: 1_000_000_000n,
        publicationNs: PUBLICATION_NS,
        ratePpb: ratesOf(converter),
        settleWithinNs: 1_000_000_000n,
      },
    },
  };
}

function shortened(argv) {
  return (argv.match(/-(accel|M|cpu|smp|icount|rtc) \S+/g) ?? []).join(' ');
}

/** The counter's nominal frequency, and how far it is from true time. */
function counterOf(recording, converter) {
  const { clocksource: name } = recording.ready;
  const tsc = { name, freq: khzOf(converter), scale: 1000n, widthBits: 64, nonstop: false };
  const clocksource = CLOCKSOURCES[name] ?? tsc;
  const tied = recording.hasHost && !/-icount/.test(recording.argv);
  if (!tied) return { clocksource, ppb: null };
  const counters = [...new Set(converter.stretches.map((each) => each.counter))];
  const measured = counters
    .map((counter) => rawRate(converter.stretches.filter((each) => each.counter === counter)))
    .filter((each) => each.measured);
  const rate = widest(measured);
  return { clocksource, rate, ppb: ppb(rate) };
}

function rawRate(stretches) {
  const samples = stretches.map((stretch) =>
    stretch.samples.map(({ raw, ...when }) => ({ ...when, from: raw, to: raw })),
  );
  return { ...rateOf(samples, 1), measured: samples.some((each) => each.length > 1) };
}

/** Counts of the TSC a ms of RAW, over the longest stretch; its first read is slow and left out. */
function khzOf({ stretches }) {
  const [longest] = stretches.toSorted((a, b) => b.samples.length - a.samples.length);
  const [first, last] = [longest.samples[1], longest.samples.at(-1)];
  return BigInt(Math.round((Number(last.tsc0 - first.tsc0) / Number(last.raw - first.raw)) * 1e6));
}

function ratesOf({ rates }) {
  const sorted = [...rates].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { lowest: sorted[0] - DITHER_PPB, highest: sorted.at(-1) + DITHER_PPB };
}

function notes(recording, converter, { rate }) {
  const { left, rates } = converter;
  const all = [
    'machine.kernel and machine.kvm name the modelled ones; the guest ran guestKernel.',
    'skewNs 0: under TCG all vCPUs read one counter of the host process.',
    'rtcResolutionNs 10^9: the guest measures its own suspends by a CMOS clock of whole seconds.',
  ];
  if (/^tsc/.test(recording.ready.clocksource)) {
    all.push('clocksource.freq is measured: counts of the TSC a ms of RAW.');
  }
  if (rate === undefined) {
    all.push('counterPpb null: the counter counts instructions, and is not tied to host time.');
  } else {
    const [lowest, highest] = [rate.lowest, rate.highest].map((each) => each.toFixed(6));
    all.push(
      `counterPpb: RAW ran at ${lowest} to ${highest} of the host's monotonic clock, by every ` +
        'pair of reads between two stops and the host times around them.',
    );
  }
  if (rates.length > 1) {
    all.push('adjtimex arguments are told by what changed; `constant` was not recorded.');
    all.push('ratePpb spans every frequency and tick that adjtimex set.');
  }
  if (recording.lines.some((each) => each.g?.to === 'freeze')) {
    all.push(
      's2idle leaves no witness on the host: assumed asleep 2 s after the last read at most.',
    );
  }
  const omitted = Object.entries(left).filter(([, count]) => count > 0);
  if (omitted.length > 0) {
    all.push(
      `left out: ${omitted.map(([what, count]) => `${count} ${LEFT_OUT[what]}`).join(', ')}.`,
    );
  }
  return all;
}

const LEFT_OUT = {
  crossed: 'records that changed vCPU between their reads',
  unsure: 'records that may be from before or after a stop',
  loops: 'summaries of reading loops',
};
