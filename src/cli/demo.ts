import { about } from './about.js';
import { reportError } from './errors.js';
import { sessionOf } from './io.js';
import { processIo } from './process-io.js';
import { tour } from './tour.js';

// The entry of `npm start`.
const io = processIo();
const argv = process.argv.slice(2);
process.exitCode = await tour(sessionOf(io, {}, about())).catch((error: unknown) =>
  reportError(error, argv, io),
);
