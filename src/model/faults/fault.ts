import type { FaultEntry } from '../../contract/catalogue.js';
import type { Rules } from '../rules.js';

/** A bug that shipped, as one rule of the kernel gone wrong. */
export interface Fault extends FaultEntry {
  inject(rules: Rules): Rules;
}
