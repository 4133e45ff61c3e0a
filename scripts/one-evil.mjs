// first-read-cannot-have-both over random lists of host steps, and over all designs.
// Usage: npm run one-evil [-- LISTS [SEED]]. Exit code 1: something keeps both without code of the guest.
import { oneEvil, oneEvilOfDesigns } from '../dist/app/one-evil.js';

const lists = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
const beganMs = Date.now();
const { verdicts, exceptions } = oneEvil({ seed, lists });
console.log(`seed ${seed}: ${lists} lists of host steps, ${Date.now() - beganMs} ms`);
for (const [verdict, count] of Object.entries(verdicts)) console.log(`  ${verdict} ${count}`);
for (const exception of exceptions) console.log(`  EXCEPTION tickproof ${exception}`);

const designs = oneEvilOfDesigns();
const keeping = designs.filter(({ verdict }) => verdict === 'both-kept');
const exceptional = keeping.filter(({ hasGuestCode }) => !hasGuestCode);
const vacuous = designs.filter(({ verdict }) => verdict === 'vacuous').length;
console.log(
  `${designs.length} stops of the designs: ${keeping.length - exceptional.length} keep both and run code of the guest` +
    `, ${vacuous} put neither to the test, ${exceptional.length} exceptions`,
);
process.exitCode = exceptions.length + exceptional.length === 0 ? 0 : 1;
