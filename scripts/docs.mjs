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

/** docs/programs.md */
export function programsPage(programs) {
  const sections = programs.map(({ name, statement, source, soundOn, breaks }) =>
    [
      `## ${name}`,
      statement,
      `Source: [${source.title}](${source.url})`,
      soundOn.length === 3
        ? 'Sound on all three memories.'
        : `${soundOn.length === 0 ? 'Sound on no memory' : `Sound on ${soundOn.join(' and ')}`}: breaks ` +
          `${breaks.map((law) => `[\`${law}\`](laws.md#${law})`).join(', ')}.`,
    ].join('\n\n'),
  );
  return page(
    'Programs',
    `The ${programs.length} lockless readers and writers of which \`tickproof explore\` goes through every ` +
      'interleaving: sequentially consistent (`sc`), with store queues as on x86 (`tso`), and weak (`weak`), ' +
      'where a barrier that is missing shows. Each says where it claims to be sound; a broken one must be ' +
      'refuted. What the memories leave out: [limits.md](limits.md).',
    sections,
  );
}

function page(title, intro, sections) {
  return `# ${title}\n\n${MADE}\n\n${intro}\n\n${sections.join('\n\n')}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { DESIGNS, FAULTS, LAWS, PAIR_LAWS, PROGRAMS, READER_LAWS } = await import(
    '../dist/index.js'
  );
  const ofReaders = READER_LAWS.filter((law) => !LAWS.includes(law));
  const docs = new URL('../docs/', import.meta.url);
  await writeFile(
    new URL('laws.md', docs),
    lawsPage([...LAWS, ...ofReaders, ...PAIR_LAWS], DESIGNS),
  );
  await writeFile(new URL('programs.md', docs), programsPage(PROGRAMS));
  await writeFile(new URL('faults.md', docs), faultsPage(FAULTS));
}
