// A suspend of the guest that it came back from.
import { max } from './events.mjs';
import { rateOf, whenShown } from './rate.mjs';

/**
 * s2idle leaves no witness on the host. The runs with S3 reached the hypervisor at most 0.25 s
 * after the agent announced them; this is eight times as long.
 */
const S2IDLE_WITHIN = 2_000_000_000n;

/** Nominal counts a ns of the counter; only the ratio to the measured rate matters. */
const TSC_PER_NS = 2.5;

/**
 * The agent read all clocks (`p`), asked the kernel to suspend, and read them again (`q`).
 *
 * Asleep: after `p`, and before QEMU's SUSPEND event. Awake again: after the host sent the
 * wake-up, and before `q`. When `p` and `q` were read is told by the TSC, which is no clock of the
 * guest's kernel, from reads on the same side of the suspend.
 */
export function suspension(converter, line, index, when) {
  const { recording } = converter;
  const { p, q } = line.g;
  const pAt = placed(converter.stretches.at(-1).samples, p);
  const asleep = asleepBy(converter, index, pAt);
  const wake = wokenAfter(recording, index);
  const pWhen = { earliest: max(pAt.earliest, converter.announced.when.earliest), latest: asleep };
  converter.read(p, pWhen);
  const actor = { vm: 0, vcpu: p.cpu1 };
  converter.emit('guest-suspended', actor, { earliest: pWhen.earliest, latest: asleep });
  const after = samplesAfter(recording, index);
  const qAt = placed(after, q);
  const latest = qAt.latest < when.latest ? qAt.latest : when.latest;
  converter.breakOff();
  converter.emit('guest-resumed', { vm: 0, vcpu: q.cpu0 }, { earliest: wake, latest });
  converter.floor = max(converter.floor, wake);
  converter.read(q, { earliest: max(wake, qAt.earliest), latest: when.latest });
}

function asleepBy({ recording, announced }, index, pAt) {
  const event = recording.lines.slice(0, index).findLast((each) => each.ev === 'SUSPEND');
  if (event !== undefined) return recording.received(event);
  return max(recording.received(announced.line), pAt.latest) + S2IDLE_WITHIN;
}

/** The host asked for the VM's state while it slept, and only then woke it. */
function wokenAfter(recording, index) {
  const before = recording.lines.slice(0, index);
  const waker = before.findLast((each) => ['system_wakeup', 'query-status'].includes(each.cmd));
  return waker.cmd === 'system_wakeup' ? recording.sent(waker) : recording.received(waker);
}

/** The answered reads after the suspend, up to the next break. */
function samplesAfter(recording, index) {
  const samples = [];
  for (const line of recording.lines.slice(index + 1)) {
    if (line.src === 'qmp' || line.g?.ev === 'clocksource') break;
    if (line.g?.ev !== 'read' || line.hs === undefined) continue;
    const [tsc0, tsc1] = [BigInt(line.g.tsc0), BigInt(line.g.tsc1)];
    samples.push({ earliest: recording.sent(line), latest: recording.received(line), tsc0, tsc1 });
  }
  return samples;
}

/** The host interval of the reads of `g`. */
function placed(reads, g) {
  const samples = reads.map(({ tsc0, tsc1, ...when }) => ({ ...when, from: tsc0, to: tsc1 }));
  const rate = rateOf([samples], TSC_PER_NS);
  const begin = whenShown(BigInt(g.tsc0), samples, rate, TSC_PER_NS);
  const end = whenShown(BigInt(g.tsc1), samples, rate, TSC_PER_NS);
  return { earliest: begin.earliest, latest: end.latest };
}
