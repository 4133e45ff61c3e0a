// The searches that are too long for `npm cit`: run them each night, with a fresh seed.
// Usage: npm run nightly [-- SEED]. Exit code 1: something to look at.
import { spawnSync } from 'node:child_process';
import { check, DESIGNS, FAULTS, faults } from '../dist/index.js';

const seed = Number(process.argv[2] ?? Date.now() % 2 ** 32);
const COMMANDS_A_RUN = 50;
let bad = 0;

console.log(`seed ${seed}\n\n10 million commands of the sound model under each design`);
for (const design of DESIGNS) {
  const runs = 10_000_000 / COMMANDS_A_RUN;
  const outcome = await check({ seed, runs, maxCommands: 100, design: design.name });
  const listed = new Set(design.breaks.map((broken) => broken.law));
  const alarms = outcome.laws.filter((law) => law.verdict === 'violated' && !listed.has(law.name));
  bad += alarms.length;
  console.log(
    `  ${design.name.padEnd(20)} ${outcome.commandsExecuted} commands, ${outcome.elapsedMs} ms, ` +
      (alarms.length === 0
        ? 'no false alarm'
        : `ALARM ${alarms.map((law) => law.name).join(', ')}`),
  );
}

console.log(
  '\na million commands on hosts that emulate the deadline timer, with each repair of an early one',
);
const repairs = spawnSync(
  'npx',
  ['vitest', 'run', 'test/quality/repairs.test.ts', '--testTimeout=3600000'],
  {
    env: { ...process.env, REPAIR_COMMANDS: '1000000' },
    stdio: 'inherit',
  },
);
if (repairs.status !== 0) bad++;

console.log('\nevery fault on 100 seeds: median and most runs to find it');
for (const { name } of FAULTS) {
  const rows = [];
  for (let at = 0; at < 100; at++) {
    const outcome = await faults({ seed: seed + at, runs: 5000, maxCommands: 100, faults: [name] });
    rows.push(...outcome.faults);
  }
  const runs = rows.map((row) => row.runs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const survived = runs.filter((count) => count === Number.POSITIVE_INFINITY).length;
  bad += survived;
  console.log(`  ${name.padEnd(28)} ${runs[50]} ${runs[99]}, survived on ${survived}`);
}
process.exitCode = bad === 0 ? 0 : 1;
