import { nearest, UsageError } from '../../contract/errors.js';
import type { GuestSide, Handler, SharedPage } from './design.js';

/** What the handler of an interrupt does, by the word that is typed. */
const DOES: Readonly<Record<string, Handler['does']>> = {
  inject: 'inject-sleep',
  subtract: 'subtract-drift',
  'step-realtime': 'step-realtime',
  note: 'note-stop',
};

/** The words of `--guest`, and what each says. */
const WORDS: readonly string[] = ['freeze', 'ack', 'clear-ntp', 'set-clock', ...Object.keys(DOES)];

/** On which the host says how long the guest was stopped: `write-page` writes it. */
const STOPPED_TIME: SharedPage = {
  of: 'stopped-time',
  guards: 'nothing',
  sequenceContinues: false,
  countTravels: false,
  saysTime: false,
};

/**
 * The guest's side of a user's order: `freeze ack` suspends when it is notified; `inject`, `subtract`,
 * `step-realtime` or `note` is what its handler of `raise-irq` does; `clear-ntp` clears NTP's state, and
 * `set-clock` wakes who waits for the clock to be set.
 *
 * @throws {UsageError} for a word that says nothing.
 */
export function guestOf(words: readonly string[]): GuestSide {
  for (const word of words) {
    if (WORDS.includes(word)) continue;
    const near = nearest(word, WORDS);
    throw new UsageError(
      `--guest: no guest does ${JSON.stringify(word)}.\n` +
        `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
        `  Accepted: ${WORDS.join(', ')}.`,
    );
  }
  const clearsNtp = words.includes('clear-ntp');
  const setsClock = words.includes('set-clock');
  const does = words.flatMap((word) => DOES[word] ?? [])[0];
  return {
    freeze: {
      freezes: words.includes('freeze') && words.includes('ack'),
      length: 'told',
      clearsNtp,
    },
    ...(does === undefined
      ? undefined
      : { handler: { does, when: 'interrupt', clearsNtp, setsClock }, page: STOPPED_TIME }),
  };
}
