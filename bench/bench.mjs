// What drawing, playing and judging cost, in alternating blocks of CPU time, beside the same model
// and laws driven by fc.commands + fc.modelRun. Run it with `npm run bench`, on a quiet machine.
import * as fc from 'fast-check';
import { draw } from '../dist/generators/draw.js';
import { CLOCKSOURCES, drawMachine, plainMachine } from '../dist/generators/machine.js';
import { Prng } from '../dist/math/prng.js';
import { DESIGNS } from '../dist/model/designs/index.js';
import { booter, referenceGuest } from '../dist/model/reference.js';
import { LAWS } from '../dist/properties/index.js';
import { Judge } from '../dist/runner/judge.js';
import { exploreCosts } from './explore.mjs';
import { cpuNsPer, median, tickCosts, timerCosts } from './measure.mjs';
import { commandArbitraries } from './peer.mjs';

const BLOCKS = 15;
const RUNS = 800;
const drawing = { designs: DESIGNS, maxCommands: 100 };
const guest = referenceGuest();
const boot = booter([]);
const strict = new Set();
let sink = 0;

function judgeOf(machine) {
  return new Judge(LAWS, { machine, declared: machine.declared, strict });
}

/** Each way counts the commands that it went through. */
const ways = {
  draw(from) {
    let commands = 0;
    for (let run = from; run < from + RUNS; run++)
      commands += draw(7, run, drawing).commands.length;
    return commands;
  },
  'draw + play'(from) {
    let commands = 0;
    for (let run = from; run < from + RUNS; run++) {
      const schedule = draw(7, run, drawing);
      guest.run(schedule, () => sink++);
      commands += schedule.commands.length;
    }
    return commands;
  },
  'draw + play + judge'(from) {
    let commands = 0;
    for (let run = from; run < from + RUNS; run++) {
      const schedule = draw(7, run, drawing);
      const judge = judgeOf(schedule.machine);
      guest.run(schedule, judge.observe);
      sink += judge.verdicts().length;
      commands += schedule.commands.length;
    }
    return commands;
  },
  'fast-check: draw'(from) {
    let commands = 0;
    const records = fc.array(fc.oneof(...commandArbitraries(plainMachine(DESIGNS[0]))), {
      minLength: 1,
      maxLength: 100,
      size: 'max',
    });
    fc.assert(
      fc.property(records, (list) => {
        commands += list.length;
      }),
      { numRuns: RUNS, seed: from },
    );
    return commands;
  },
  'fast-check: commands + modelRun, all laws'(from) {
    let commands = 0;
    class Taken {
      constructor(command) {
        this.command = command;
      }
      check() {
        return true;
      }
      run(_model, real) {
        real.guests.take(this.command, commands++);
      }
    }
    const wrapped = commandArbitraries(plainMachine(DESIGNS[0], CLOCKSOURCES[1], 4)).map((each) =>
      each.map((command) => new Taken(command)),
    );
    let run = from;
    fc.assert(
      fc.property(fc.commands(wrapped, { maxCommands: 100, size: 'max' }), (list) => {
        // Ticks by command: an elapse of the modelled device would count against the peer.
        const machine = { ...drawMachine(new Prng(7, run++), DESIGNS), tick: 'command' };
        const judge = judgeOf(machine);
        let guests;
        fc.modelRun(() => {
          guests = boot(machine, judge.observe);
          return { model: {}, real: { guests } };
        }, list);
        guests.end();
        sink += judge.verdicts().length;
      }),
      { numRuns: RUNS, seed: from },
    );
    return commands;
  },
};

function report(costs) {
  const line = (name, ns) =>
    console.log(
      `  ${name.padEnd(44)} ${ns.toFixed(0).padStart(6)} ns   ${(1000 / ns).toFixed(2)} M/s`,
    );
  for (const [name, list] of Object.entries(costs)) line(name, median(list));
  const ns = (name) => median(costs[name]);
  const drawn = ns('draw');
  const whole = ns('draw + play + judge');
  const x = whole - drawn;
  const peer = ns('fast-check: commands + modelRun, all laws');
  console.log(`
  drawing is ${(ns('fast-check: draw') / drawn).toFixed(1)} times as fast as fast-check's own (target 6)
  the whole path is ${(peer / whole).toFixed(1)} times as fast as fc.commands (target 2), at ${(1000 / whole).toFixed(2)} M commands/s (target 0.7)
  x = play + judge = ${x.toFixed(0)} ns; the best ratio that x allows, with drawing for free, is ${(peer / x).toFixed(1)}`);
}

console.log(`median CPU time a command, ${BLOCKS} alternating blocks of ${RUNS} runs\n`);
const costs = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let block = -3; block < BLOCKS; block++) {
  for (const [name, way] of Object.entries(ways)) {
    const ns = cpuNsPer(() => way((block + 3) * RUNS));
    if (block >= 0) costs[name].push(ns);
  }
}
report(costs);
tickCosts();
exploreCosts();
timerCosts();
function heapMb() {
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed / 1e6).toFixed(1);
}
const heaps = [];
let commands = 0;
for (let run = 0; commands < 10_000_000; run += RUNS) {
  commands += ways['draw + play + judge'](run);
  if (commands > 2_000_000 * (heaps.length + 1)) heaps.push(`${heapMb()} MB`);
}
console.log(
  `\n  heap after each 2 M commands of ${(commands / 1e6).toFixed(1)} M: ${heaps.join(', ')}`,
);
if (sink < 0) console.log(sink);
