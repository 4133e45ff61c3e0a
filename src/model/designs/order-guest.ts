import { nearest, UsageError } from '../../contract/errors.js';
import type { Freeze, GuestSide, Handler } from './design.js';
import { DESIGNS } from './index.js';

/** It freezes when it is told to, and is told for how long it was stopped. */
const FREEZES: Freeze = { freezes: true, length: 'told', clearsNtp: true };

/** A handler of the interrupt that `raise-irq` posts, done right. */
function handler(does: Handler['does']): Handler {
  return { does, when: 'interrupt', clearsNtp: true, setsClock: true };
}

/** What a guest may be said to do, word by word. */
export const GUEST_WORDS: Readonly<Record<string, GuestSide>> = {
  freeze: { freeze: FREEZES },
  ack: { freeze: FREEZES },
  'never-freezes': { freeze: { ...FREEZES, freezes: false } },
  'inject-sleep': { handler: handler('inject-sleep') },
  'subtract-drift': { handler: handler('subtract-drift') },
  'step-realtime': { handler: handler('step-realtime') },
  'forward-monotonic': { handler: handler('forward-monotonic') },
  'note-stop': { handler: handler('note-stop') },
};

/** Words together, or the guest of a design. @throws {UsageError} for a word that is neither. */
export function guestSideOf(words: readonly string[]): GuestSide {
  return Object.assign({}, ...words.map(sideOf));
}

function sideOf(word: string): GuestSide {
  const side = GUEST_WORDS[word];
  if (side !== undefined) return side;
  const design = DESIGNS.find(({ name }) => name === word);
  if (design !== undefined) return design.guest ?? { freeze: FREEZES };
  const words = Object.keys(GUEST_WORDS);
  const near = nearest(word, [...words, ...DESIGNS.map(({ name }) => name)]);
  throw new UsageError(
    `no guest does ${JSON.stringify(word)}.\n` +
      `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
      `  Accepted: ${words.join(', ')}, and the name of a design whose guest it is.`,
  );
}
