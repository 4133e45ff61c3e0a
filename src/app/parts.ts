/** What users build with beside the commands: the reference guest, the catalogues, the generator, the acts of a program. */
export { schedules } from '../generators/schedules.js';
export { DESIGNS } from '../model/designs/index.js';
export { FAULTS } from '../model/faults/index.js';
export { referenceGuest } from '../model/reference.js';
export {
  type Accepted,
  type Act,
  accept,
  type Bounds,
  type ConcurrentProgram,
  ELAPSE,
  elapse,
  MEMORIES,
  type MemoryName,
  type NotedStore,
  type Publication,
  type Thread,
} from '../programs/concurrent.js';
export { PROGRAMS } from '../programs/index.js';
export {
  COUNTER,
  FULL_FENCE,
  load,
  loadAcquire,
  type Program,
  READ_FENCE,
  RELAX,
  store,
  storeRelease,
  WRITE_FENCE,
} from '../programs/program.js';
export { LAWS, PAIR_LAWS, READER_LAWS } from '../properties/index.js';
