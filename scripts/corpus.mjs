// Makes the corpus anew: what each design is said to break, and each fault at its minimum.
// Usage: node scripts/corpus.mjs [designs [NAME …] | faults], after a build. Read the difference before it is committed.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { onItsScene } from '../dist/app/check.js';
import { check, DESIGNS, FAULTS, LAWS } from '../dist/index.js';
import { writeCounterexample } from '../dist/node.js';

const DIRECTORY = 'corpus';
/** The first of these at which a fault shrinks to its minimum, or the first. */
const SEEDS = Array.from({ length: 60 }, (_, at) => 1 + at);
/** A promise that a design breaks is shown in as few commands as any of these shows it. */
const SEEDS_OF_DESIGN = 3;
const RARE_RUNS = 40_000;
const [only, ...names] = process.argv.slice(2);

if (only !== 'faults') {
  for (const design of DESIGNS.filter(
    ({ name, breaks }) => breaks.length > 0 && (names.length === 0 || names.includes(name)),
  ))
    await keepDesign(design);
}
if (only !== 'designs') {
  for (const name of readdirSync(DIRECTORY)) {
    if (name.endsWith('.json')) rmSync(`${DIRECTORY}/${name}`);
  }
  for (const fault of FAULTS) await keepFault(fault);
}

/** On the scene of its row of the matrix. */
async function keepDesign(design) {
  const directory = `${DIRECTORY}/designs/${design.name}`;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const laws = LAWS.filter((law) => design.breaks.some((broken) => broken.law === law.name));
  const on = onItsScene(design);
  const shortest = new Map();
  for (const seed of SEEDS.slice(0, SEEDS_OF_DESIGN)) {
    const options = { seed, runs: 1500, maxCommands: 40, laws, design: design.name, on };
    for (const found of (await check(options)).counterexamples) {
      const known = shortest.get(found.property.name);
      if (known === undefined || sizeOf(found) < sizeOf(known)) {
        shortest.set(found.property.name, found);
      }
    }
  }
  for (const law of laws) {
    const { name } = law;
    const found = shortest.get(name) ?? (await rarely(design, law, on));
    if (found === undefined) console.log(`MISSING ${design.name}: ${name}`);
    else console.log(sizeOf(found), await writeCounterexample(directory, found));
  }
}

/** What the runs of a search seldom meet. */
async function rarely({ name: design, isOfAnyMachine }, law, scene) {
  const on = isOfAnyMachine ? undefined : scene;
  const options = { seed: 1, runs: RARE_RUNS, maxCommands: 40, laws: [law], design, on };
  return (await check(options)).counterexamples[0];
}

async function keepFault({ name, breaks, minimum }) {
  const laws = LAWS.filter((law) => law.name === breaks[0]);
  let outcome;
  for (const seed of SEEDS) {
    outcome = await check({ seed, runs: 5000, maxCommands: 100, laws, faults: [name] });
    const [found] = outcome.counterexamples;
    if (found !== undefined && sizeOf(found) === minimum) break;
  }
  for (const found of outcome.counterexamples) {
    console.log(await writeCounterexample(DIRECTORY, found));
  }
}

function sizeOf({ schedule }) {
  return schedule.commands.length;
}
