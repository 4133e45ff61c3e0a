#!/usr/bin/env node
// Writes the pages of docs/ that are made from the catalogues: `npm run build && node scripts/docs.mjs`.
// test/docs.test.ts holds them.
import { writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const MADE = '<!-- Made by scripts/docs.mjs from src: do not edit. -->';

/** docs/laws.md */
export function lawsPage(laws, designs) {
  const sections = laws.map(({ name, statement, source }) => {
    const breakers = designs.flatMap((design) =>
      design.breaks
        .filter((broken) => broken.law === name)
        .map((broken) => `- \`${design.name}\` breaks it: ${broken.because}.`),
    );
    const list = breakers.length === 0 ? '' : `\n\n${breakers.join('\n')}`;
    return `## ${name}\n\n${statement}\n\nSource: [${source.title}](${source.url})${list}`;
  });
  return page(
    'Laws',
    `The ${laws.length} promises that this version judges. A law _holds_ (with the number of times that it was put to the ` +
      'test), is _violated_, or is _vacuous_: nothing put it to the test, which is never reported as a pass.',
    sections,
  );
}

/** docs/faults.md */
export function faultsPage(faults) {
  const sections = faults.map(({ name, statement, source, breaks, minimum }) =>
    [
      `## ${name}`,
      statement,
      `Source: [${source.title}](${source.url})`,
      `Caught by ${breaks.map((law) => `[\`${law}\`](laws.md#${law})`).join(', ')}; ` +
        `the smallest known counterexample has ${minimum} commands.`,
    ].join('\n\n'),
  );
  return page(
    'Faults',
    `${faults.length} bugs, each one rule of the model gone wrong. \`tickproof check --fault NAME\` puts one in; ` +
      '`tickproof faults` finds them all.',
    sections,
  );
}

function page(title, intro, sections) {
  return `# ${title}\n\n${MADE}\n\n${intro}\n\n${sections.join('\n\n')}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { DESIGNS, FAULTS, LAWS, PAIR_LAWS } = await import('../dist/index.js');
  const docs = new URL('../docs/', import.meta.url);
  await writeFile(new URL('laws.md', docs), lawsPage([...LAWS, ...PAIR_LAWS], DESIGNS));
  await writeFile(new URL('faults.md', docs), faultsPage(FAULTS));
}
