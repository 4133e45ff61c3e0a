// What the agent inside the guest tells: reads, timers, clocks that were set.

/** The reads of one record, in the order in which the agent made them. */
const READS = [
  ['mono', 'CLOCK_MONOTONIC', 'vdso'],
  ['mono_sys', 'CLOCK_MONOTONIC', 'syscall'],
  ['raw', 'CLOCK_MONOTONIC_RAW', 'vdso'],
  ['boot', 'CLOCK_BOOTTIME', 'vdso'],
  ['real', 'CLOCK_REALTIME', 'vdso'],
  ['real_sys', 'CLOCK_REALTIME', 'syscall'],
  ['tai', 'CLOCK_TAI', 'vdso'],
  ['mcoarse', 'CLOCK_MONOTONIC_COARSE', 'vdso'],
  ['rcoarse', 'CLOCK_REALTIME_COARSE', 'vdso'],
  ['mono2', 'CLOCK_MONOTONIC', 'vdso'],
];

/**
 * The clock reads of a record. The counter was sampled before and after all of them only, so no
 * read knows its own sample.
 */
export function reads(g) {
  return READS.map(([field, clock, via]) => ({ clock, via, ns: BigInt(g[field]), counter: null }));
}

/** A timer's clock, and the field in which a record shows that clock. Alarms have their base clock. */
const TIMER_CLOCKS = {
  monotonic: ['CLOCK_MONOTONIC', 'mono'],
  boottime: ['CLOCK_BOOTTIME', 'boot'],
  boottime_alarm: ['CLOCK_BOOTTIME', 'boot'],
  realtime: ['CLOCK_REALTIME', 'real'],
  realtime_alarm: ['CLOCK_REALTIME', 'real'],
  tai: ['CLOCK_TAI', 'tai'],
};

const ECANCELED = 125;

const ADJ_FREQUENCY = 0x0002;
const ADJ_TAI = 0x0080;
const ADJ_SETOFFSET = 0x0100;
const ADJ_TICK = 0x4000;
const ADJ_OFFSET_SINGLESHOT = 0x8001;

const PPB_OF_500_PPM = 500_000n;

export class Timers {
  /** @param {import('./events.mjs').Converter} converter */
  constructor(converter) {
    this.converter = converter;
    /** By the agent's name for it. */
    this.armed = new Map();
  }

  arm(g, when) {
    if (g.rc !== 0) return;
    const relative = g.mode === 'rel';
    // A relative timer on a clock that can be set counts on MONOTONIC.
    const base = relative && /^(realtime|tai)/.test(g.clk) ? 'monotonic' : g.clk;
    const [clock, field] = TIMER_CLOCKS[base];
    // It counts from an instant after the read before the call: that read is the lower end.
    const from = base === g.clk ? g.clk0 : g.mono;
    const expiresNs = BigInt(g.ns) + (relative ? BigInt(from) : 0n);
    const timer = this.armed.get(g.tid)?.timer ?? this.armed.size;
    this.armed.set(g.tid, { timer, clock, field, since: when.earliest });
    const more = { timer, clock, expiresNs, slackNs: 0n, intervalNs: BigInt(g.iv) };
    this.converter.emit('timer-armed', this.actor(), when, more);
  }

  /** The callback began after the timer was armed, and before the agent told of it. */
  fire(g, when) {
    const { timer, clock, field, since } = this.armed.get(g.tid);
    if (g.cpu0 === g.cpu1) this.converter.vcpu = g.cpu0;
    if (g.err === ECANCELED) {
      this.converter.emit('timer-cancelled', this.actor(), when, { timer });
      return;
    }
    const { latest } = when;
    this.converter.emit(
      'timer-fired',
      this.actor(),
      { earliest: since, latest },
      {
        timer,
        clock,
        comparedNs: null,
        readNs: BigInt(g[field]),
        expirations: BigInt(g.nexp),
      },
    );
  }

  /** settime or adjtimex. What adjtimex was called with is not recorded: it is told by what changed. */
  set(g, when, next) {
    const mono = BigInt(g.mono_after) - BigInt(g.mono_before);
    if (g.ev === 'settime') {
      const to = BigInt(g.to);
      // The lower end: REALTIME went on from the read before the call until the call.
      const stepNs = to - BigInt(g.real_before) - mono;
      const [sec, nsec] = [to / 1_000_000_000n, to % 1_000_000_000n];
      this.converter.emit('clock-set', this.actor(), when, { sec, nsec, ret: g.rc, stepNs });
      return;
    }
    const step = BigInt(g.real_after) - BigInt(g.real_before) - mono;
    const [freq, tick, tai] = [BigInt(g.freq), BigInt(g.tick), BigInt(g.tai_off)];
    const timex = this.guess({ freq, tick, tai }, step, next?.g.tid ?? '');
    this.converter.adjusted = { freq, tick, tai };
    this.note(freq, tick, timex);
    this.converter.emit('ntp-adjusted', this.actor(), when, {
      timex,
      ret: g.rc,
      freq,
      tick,
      status: g.status,
      constant: 0n,
      offset: BigInt(g.offset),
    });
  }

  guess(now, step, label) {
    const before = this.converter.adjusted;
    const timex = { modes: 0 };
    if (now.freq !== before.freq) {
      timex.modes |= ADJ_FREQUENCY;
      timex.freq = now.freq;
    }
    if (now.tick !== before.tick) {
      timex.modes |= ADJ_TICK;
      timex.tick = now.tick;
    }
    if (now.tai !== before.tai) {
      timex.modes |= ADJ_TAI;
      timex.constant = now.tai;
    }
    if (step > 100_000_000n || step < -100_000_000n) {
      const usec = BigInt(Math.round(Number(step) / 1e6)) * 1000n;
      timex.modes |= ADJ_SETOFFSET;
      timex.timeSec = floorDiv(usec, 1_000_000n);
      timex.timeUsec = usec - timex.timeSec * 1_000_000n;
    }
    // The agent names the timer that it arms next after the adjustment.
    const single = /single_(-?\d+)/.exec(label)?.[1];
    if (timex.modes === 0 && single !== undefined) {
      return { modes: ADJ_OFFSET_SINGLESHOT, offset: BigInt(single) };
    }
    return timex;
  }

  /** The rates that MONOTONIC may have had from here on, in parts per 10^9 beside 1. */
  note(freq, tick, { modes }) {
    const steady = (freq * 1000n) / 65_536n + (tick - 10_000n) * 100_000n;
    if (modes === ADJ_OFFSET_SINGLESHOT) this.slewing = true;
    this.converter.rates.push(steady);
    if (this.slewing) {
      this.converter.rates.push(steady + PPB_OF_500_PPM, steady - PPB_OF_500_PPM);
    }
  }

  actor() {
    return { vm: 0, vcpu: this.converter.vcpu };
  }
}

function floorDiv(a, b) {
  return a >= 0n ? a / b : -((-a + b - 1n) / b);
}
