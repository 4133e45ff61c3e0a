import { Session } from 'node:inspector/promises';

/**
 * Ends the counting of branches for this worker: it costs tests of quality half their speed, and what
 * they cover is measured by the units' own tests. vitest has no option to say so for one project.
 */
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.stopPreciseCoverage');
session.disconnect();
