// What the recorder saw on the host, as intervals of its monotonic clock that start at 0.

/** The widest instant: an interval [0, FOREVER] says that nothing is known. */
export const FOREVER = 2n ** 64n - 1n;

/** Slack of a QMP time stamp: it is REALTIME in µs, and the recorder read its two clocks apart. */
const QMP_SLACK = 1_000_000n;

/** Host acts that stop a VM, as QMP spells them. */
const STOPPING = ['stop', 'snapshot-save', 'snapshot-load', 'migrate'];

export class Recording {
  /** @param {readonly object[]} lines the recording, a guest's own log or a host's */
  constructor(lines) {
    const zero = lines.find((each) => each.hm !== undefined);
    /** Without a host there is no time to bound an event with. */
    this.hasHost = zero !== undefined;
    this.zero = BigInt(zero?.hm ?? 0);
    this.epochSec = BigInt(zero?.hr ?? 0) / 1_000_000_000n;
    this.lines = this.hasHost ? lines : lines.map((g) => ({ src: 'guest', vm: 'A', g }));
    const spawn = this.lines.find((each) => each.ev === 'spawn');
    this.argv = spawn?.argv ?? '';
    this.vcpus = Number(/-smp (\d+)/.exec(this.argv)?.[1] ?? 1);
    this.ready = this.lines.find((each) => each.g?.ev === 'ready')?.g ?? {};
  }

  /** A host time of the recorder, in ns since its first line. */
  at(hostNs) {
    return BigInt(hostNs) - this.zero;
  }

  /** When this line arrived: whatever it tells of had happened. */
  received(line) {
    return this.hasHost ? this.at(line.hm) : FOREVER;
  }

  /** When the request that this line answers was sent: whatever it asked for had not yet happened. */
  sent(line) {
    return line.hs === undefined ? undefined : this.at(line.hs);
  }

  /** No later than the instant at which QEMU stamped this QMP event. */
  stamped(line) {
    const { seconds, microseconds } = line.qts;
    const realtime = BigInt(seconds) * 1_000_000_000n + BigInt(microseconds) * 1_000n;
    return realtime - BigInt(line.hr) + BigInt(line.hm) - this.zero - QMP_SLACK;
  }

  /** The VM stopped: from the request that made it stop to the event that says it had. */
  stop(index) {
    const event = this.lines[index];
    const cause = this.lines
      .filter((each) => each.ev === 'qmp' && STOPPING.includes(each.cmd))
      .filter((each) => this.sent(each) <= this.received(event))
      .filter((each) => each.cmd === 'migrate' || this.received(each) >= this.received(event))
      .at(-1);
    return { cause, earliest: this.sent(cause), latest: this.received(event) };
  }

  /** The VM started: QEMU stamps RESUME before it lets the vCPUs go, and answers after. */
  start(index) {
    const answer = this.lines
      .slice(index)
      .find((each) => ['cont', 'snapshot-save', 'snapshot-load'].includes(each.cmd));
    const stamped = this.stamped(this.lines[index]);
    const sent = this.sent(answer);
    return { earliest: stamped > sent ? stamped : sent, latest: this.received(answer) };
  }

  /** The first line after `index` that `wanted` accepts. */
  next(index, wanted) {
    return this.lines.slice(index + 1).find(wanted);
  }
}
