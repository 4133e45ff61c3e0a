export {
  readCounterexample,
  readSchedule,
  writeCounterexample,
} from './adapters/files.js';
export { loadSubject } from './adapters/subject.js';
export { openTrace, readTrace, type Trace } from './adapters/trace.js';
export type { Io } from './cli/io.js';
export { main } from './cli/main.js';
