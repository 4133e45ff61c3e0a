import type { Timex } from '../../contract/schedule.js';
import { u64 } from '../../math/u64.js';
import type { TimexResult } from '../../model/adjtimex.js';
import type { Harness } from './harness.js';
import type { Args, Line } from './line.js';
import { type Outputs, readAll, readSystemCalls } from './readings.js';

type Command = (harness: Harness, line: Line) => Outputs;

/** Every command that follows `init`. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  addcs: (harness, line) => clocksourceOutputs(harness.addCounter(line)),
  switch: (harness, line) => clocksourceOutputs(harness.switchTo(line)),
  dump: (harness, line) => clocksourceOutputs(harness.counterOf(line)),
  cycles(harness, line) {
    const counter = harness.counterOf(line);
    counter.value = u64(counter.value + line.args.number('n'));
    return [['counter', counter.value]];
  },
  setcycles(harness, line) {
    const counter = harness.counterOf(line);
    counter.value = u64(line.args.number('v'));
    return [['counter', counter.value]];
  },
  tick({ timekeeper, counter }) {
    const before = timekeeper.clockWasSetSeq;
    timekeeper.tick(counter);
    return [['clock_set', timekeeper.clockWasSetSeq !== before]];
  },
  tickracy,
  read: readAll,
  adjtimex({ timekeeper, counter }, { args }) {
    return timexOutputs(timekeeper.adjtimex(timexOf(args), counter));
  },
  settime({ timekeeper, counter }, { args }) {
    return [['ret', timekeeper.settime(args.number('sec'), args.number('nsec'), counter)]];
  },
  inject_offset({ timekeeper, counter }, { args }) {
    return [['ret', timekeeper.injectOffset(args.number('sec'), args.number('nsec'), counter)]];
  },
  inject_sleeptime({ timekeeper, counter }, { args }) {
    const delta = { sec: args.number('sec'), nsec: args.number('nsec') };
    timekeeper.injectSleeptime64(delta, counter);
    return [];
  },
  pc(harness, { args }) {
    harness.persistent = { sec: args.number('sec'), nsec: args.number('nsec') };
    return [];
  },
  suspend(harness, { args }) {
    harness.timekeeper.suspend(harness.counter, harness.setPersistent(args));
    return [];
  },
  resume(harness, { args }) {
    const { timekeeper } = harness;
    timekeeper.resume(harness.counter, harness.setPersistent(args));
    return [['rtc_skipresume', timekeeper.suspendTimingNeeded ? 0 : 1]];
  },
  snapshot(harness, { args }) {
    const snapshot = harness.timekeeper.snapshot(harness.counter);
    harness.snapshots.set(args.number('slot'), snapshot);
    return [
      ['cycles', snapshot.cycles],
      ['real', snapshot.real],
      ['raw', snapshot.raw],
      ['clock_was_set_seq', snapshot.clockWasSetSeq],
      ['cs_was_changed_seq', snapshot.csWasChangedSeq],
    ];
  },
  xtstamp({ timekeeper, snapshots, counter }, { args }) {
    const history = snapshots.get(args.number('slot'));
    const { ret, real, raw } = timekeeper.crosststamp(args.number('cycles'), history, counter);
    return ret < 0
      ? [['ret', ret]]
      : [
          ['ret', ret],
          ['real', real],
          ['raw', raw],
        ];
  },
  hrnow({ timekeeper, hrtimer, counter }) {
    return [
      ['now', timekeeper.updateOffsetsNow(hrtimer, counter)],
      ['seq', hrtimer.clockWasSetSeq],
      ['offs_real', hrtimer.offsReal],
      ['offs_boot', hrtimer.offsBoot],
      ['offs_tai', hrtimer.offsTai],
    ];
  },
};

/** What a counter was registered as, and shows. */
export function clocksourceOutputs({
  clocksource,
  value,
}: ReturnType<Harness['counterOf']>): Outputs {
  return [
    ['mask', clocksource.mask],
    ['mult', clocksource.mult],
    ['shift', clocksource.shift],
    ['maxadj', clocksource.maxadj],
    ['max_cycles', clocksource.maxCycles],
    ['max_idle_ns', clocksource.maxIdleNs],
    ['max_raw_delta', clocksource.maxRawDelta],
    ['counter', value],
  ];
}

/** The counter moves and is read between a tick's two halves; without a tick it does not move. */
function tickracy(harness: Harness, { args }: Line): Outputs {
  const { timekeeper } = harness;
  const before = timekeeper.clockWasSetSeq;
  const n = args.number('n');
  const published = timekeeper.sampleTick(harness.counter);
  const outputs: Outputs = [];
  if (published) {
    harness.advance(n);
    outputs.push(...readSystemCalls(harness, 'before.'));
    timekeeper.publishTick();
    outputs.push(...readSystemCalls(harness, 'after.'));
  }
  outputs.push(['clock_set', timekeeper.clockWasSetSeq !== before], ['published', published]);
  return outputs;
}

function timexOf(args: Args): Timex {
  return {
    modes: Number(args.number('modes')),
    offset: args.numberOr('offset', 0n),
    freq: args.numberOr('freq', 0n),
    maxerror: args.numberOr('maxerror', 0n),
    esterror: args.numberOr('esterror', 0n),
    status: Number(args.numberOr('status', 0n)),
    constant: args.numberOr('constant', 0n),
    tick: args.numberOr('tick', 0n),
    timeSec: args.numberOr('time_sec', 0n),
    timeUsec: args.numberOr('time_usec', 0n),
  };
}

function timexOutputs(result: TimexResult): Outputs {
  if (result.ret < 0) return [['ret', result.ret]];
  return [
    ['ret', result.ret],
    ['offset', result.offset],
    ['freq', result.freq],
    ['maxerror', result.maxerror],
    ['esterror', result.esterror],
    ['status', result.status],
    ['constant', result.constant],
    ['tick', result.tick],
    ['time_sec', result.timeSec],
    ['time_usec', result.timeUsec],
    ['tai', result.tai],
    ['precision', result.precision],
    ['tolerance', result.tolerance],
  ];
}
