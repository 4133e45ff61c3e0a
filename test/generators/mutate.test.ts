import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw } from '../../src/generators/draw.js';
import { mutate } from '../../src/generators/mutate.js';
import { Prng } from '../../src/math/prng.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { referenceGuest } from '../../src/model/reference.js';
import { eventsOf } from '../schedules.js';

const options = { designs: DESIGNS, maxCommands: 40 };

test('a mutant is a schedule on the same machine, no longer than allowed, that can be played', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(1_000), (run, stream) => {
      const parent = draw(3, run, options);
      const mutant = mutate(parent, new Prng(3, stream), options);
      expect(mutant.machine).toBe(parent.machine);
      expect(mutant.commands.length).toBeLessThanOrEqual(40);
      eventsOf(referenceGuest(), mutant);
      expect(mutate(parent, new Prng(3, stream), options)).toEqual(mutant);
    }),
    { numRuns: 200, seed: 1 },
  );
});
