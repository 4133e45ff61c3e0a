/** What users build with beside the commands: the reference guest, the catalogues, the generator. */
export { schedules } from '../generators/schedules.js';
export { DESIGNS } from '../model/designs/index.js';
export { FAULTS } from '../model/faults/index.js';
export { referenceGuest } from '../model/reference.js';
export { LAWS, PAIR_LAWS } from '../properties/index.js';
