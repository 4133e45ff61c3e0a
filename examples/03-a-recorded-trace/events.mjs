// The lines of a recording, one after the other, as the events of a trace.
import { reads, Timers } from './guest.mjs';
import { FOREVER } from './recording.mjs';
import { suspension } from './suspend.mjs';

const VMM = { vm: 0, task: 'vmm' };

export class Converter {
  /** @param {import('./recording.mjs').Recording} recording */
  constructor(recording) {
    this.recording = recording;
    this.events = [];
    this.timers = new Timers(this);
    this.incarnation = 0;
    this.incarnations = 1;
    this.boots = 1;
    /** The host that the VM is on: QEMU's process A is 0, B is 1. */
    this.host = 'A';
    /** What the agent did last, it did no earlier than this. */
    this.floor = 0n;
    /** The vCPU of the agent's last read, where it stays until it is told to move. */
    this.vcpu = 0;
    /** Whether a guest line that arrives now surely tells of something after the last start. */
    this.sure = true;
    this.started = { earliest: 0n, latest: 0n };
    /** The state that was saved, and the agent's number of its first line after it. */
    this.saved = undefined;
    /** Samples of the counter, in stretches over which it ran without a break. */
    this.stretches = [];
    this.clocksource = recording.ready.clocksource;
    this.left = { crossed: 0, unsure: 0, loops: 0 };
    this.adjusted = { freq: 0n, tick: 10_000n, tai: 0n };
    this.rates = [0n];
  }

  run() {
    this.breakOff();
    if (!this.recording.hasHost) this.boot({ earliest: 0n, latest: FOREVER });
    this.recording.lines.forEach((line, index) => {
      if (line.src === 'guest') this.guest(line, index);
      else if (line.src === 'qmp') this.qmp(line, index);
    });
    return this.events;
  }

  emit(kind, actor, { earliest, latest }, more = {}) {
    const { incarnation } = this;
    this.events.push({ kind, actor, incarnation, earliestNs: earliest, latestNs: latest, ...more });
  }

  emitAll(kind, when) {
    for (let vcpu = 0; vcpu < this.recording.vcpus; vcpu++) this.emit(kind, { vm: 0, vcpu }, when);
  }

  qmp(line, index) {
    if (line.ev === 'STOP') this.stop(index);
    if (line.ev === 'RESUME') this.resume(line, index);
    const more = this.recording.next(index, (each) => each.ev === 'RESET');
    if (line.ev === 'RESET' && more === undefined) this.reset(line);
  }

  boot(when) {
    this.emit('booted', VMM, when, { host: 0 });
    this.emitAll('vcpu-started', when);
    this.started = when;
    this.floor = when.earliest;
  }

  /** The guest was reset: a new life, and its agent starts to count at 0 again. */
  reset(line) {
    const when = {
      earliest: this.recording.stamped(line),
      latest: this.recording.received(line),
    };
    this.incarnation = this.incarnations++;
    this.boots++;
    this.breakOff();
    this.boot(when);
  }

  stop(index) {
    const { cause, earliest, latest } = this.recording.stop(index);
    const when = { earliest: max(earliest, this.floor), latest };
    this.cause = cause;
    this.stopped = when;
    this.emitAll('vcpu-stopped', when);
  }

  resume(line, index) {
    const when = this.recording.start(index);
    if (this.stopped === undefined) {
      this.boot(when);
      return;
    }
    const between = { earliest: this.stopped.earliest, latest: when.latest };
    if (this.cause.cmd === 'snapshot-save') {
      // Nothing changes while the VM is stopped: what was saved is its state at the stop.
      this.emit('vm-saved', VMM, this.stopped, { snapshot: 0 });
      this.saved = {};
    }
    if (this.cause.cmd === 'snapshot-load') {
      this.incarnation = this.incarnations++;
      this.emit('vm-restored', VMM, between, { snapshot: 0 });
    }
    if (line.vm !== this.host) {
      const hosts = { from: number(this.host), to: number(line.vm) };
      this.emit('vm-migrated', VMM, between, hosts);
      this.host = line.vm;
    }
    this.emitAll('vcpu-started', when);
    this.emit('stop-handled', VMM, when);
    this.started = when;
    this.sure = false;
    this.breakOff();
  }

  /** The counter did not run on as it was: what is read from here on is another stretch. */
  breakOff() {
    // Each boot calibrates its clocksources anew.
    const counter = `${this.clocksource} of boot ${this.boots}`;
    this.stretches.push({ counter, samples: [] });
  }

  /** The interval of what a guest line tells of, and whether all of it is after the last start. */
  when(line) {
    const sent = this.recording.sent(line);
    const { started, saved } = this;
    if (sent !== undefined && sent >= started.latest) this.sure = true;
    // After a restore the agent counts on from the saved state: a later number is a later line.
    const restored = this.cause?.cmd === 'snapshot-load';
    if (restored && line.g.seq >= saved.seq) this.sure = true;
    if (this.sure) {
      this.floor = max(this.floor, started.earliest);
      if (saved !== undefined) saved.seq ??= line.g.seq;
      if (sent !== undefined) this.floor = max(this.floor, sent);
    }
    return { earliest: this.floor, latest: this.recording.received(line) };
  }

  guest(line, index) {
    const { g } = line;
    const when = this.when(line);
    switch (g.ev) {
      case 'read':
        this.read(g, when);
        break;
      case 'presuspend':
        this.read(g, when);
        this.announced = { line, when };
        this.fallAsleep(index, when);
        break;
      case 'suspend':
        suspension(this, line, index, when);
        break;
      case 'fire':
        this.timers.fire(g, when);
        this.read(g, when);
        break;
      case 'armed':
        this.timers.arm(g, when);
        break;
      case 'settime':
      case 'adjtimex':
        this.timers.set(
          g,
          when,
          this.recording.next(index, (each) => each.g?.ev === 'armed'),
        );
        break;
      case 'clocksource':
        this.clocksource = g.current;
        this.breakOff();
        break;
      case 'loop':
        this.left.loops++;
    }
  }

  /** A suspend that the guest does not tell of again ended in a reset. */
  fallAsleep(index, { earliest }) {
    if (this.recording.next(index, (each) => each.g?.ev === 'suspend') !== undefined) return;
    const event = this.recording.next(index, (each) => each.ev === 'SUSPEND');
    const when = { earliest, latest: this.recording.received(event) };
    this.emit('guest-suspended', { vm: 0, vcpu: this.vcpu }, when);
  }

  read(g, when) {
    if (g.cpu0 !== g.cpu1) {
      this.left.crossed++;
      return;
    }
    this.vcpu = g.cpu0;
    if (!this.sure) {
      this.left.unsure++;
      return;
    }
    const sample = { ...when, tsc0: BigInt(g.tsc0), tsc1: BigInt(g.tsc1), raw: BigInt(g.raw) };
    this.stretches.at(-1).samples.push(sample);
    const actor = { vm: 0, vcpu: g.cpu0 };
    for (const each of reads(g)) this.emit('clock-read', actor, when, each);
  }
}

export function max(a, b) {
  return a > b ? a : b;
}

function number(process) {
  return process === 'A' ? 0 : 1;
}
