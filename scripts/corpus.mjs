// Makes the corpus anew: what each design is said to break, and each fault at its minimum.
// Usage: node scripts/corpus.mjs, after a build. Read the difference before it is committed.
import { readdirSync, unlinkSync } from 'node:fs';
import { check, DESIGNS, FAULTS, LAWS } from '../dist/index.js';
import { writeCounterexample } from '../dist/node.js';

const directory = 'corpus';
/** The first of these at which a fault shrinks to its minimum, or the first. */
const SEEDS = Array.from({ length: 60 }, (_, at) => 1 + at);

for (const name of readdirSync(directory)) {
  if (name.endsWith('.json')) unlinkSync(`${directory}/${name}`);
}
const searches = [
  ...DESIGNS.map(({ name, breaks }) => ({
    design: name,
    faults: [],
    laws: breaks.map(({ law }) => law),
  })),
  ...FAULTS.map(({ name, breaks, minimum }) => {
    return { faults: [name], laws: breaks.slice(0, 1), minimum };
  }),
];
for (const { laws: names, minimum, ...options } of searches) {
  if (names.length === 0) continue;
  const laws = LAWS.filter((law) => names.includes(law.name));
  const isSmall = ({ counterexamples: [found] }) => found?.schedule.commands.length === minimum;
  let outcome;
  for (const seed of SEEDS) {
    outcome = await check({ seed, runs: 5000, maxCommands: 100, laws, ...options });
    if (minimum === undefined || isSmall(outcome)) break;
  }
  for (const counterexample of outcome.counterexamples) {
    console.log(await writeCounterexample(directory, counterexample));
  }
}
