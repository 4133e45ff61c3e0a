import type { Fault } from './fault.js';

export const coreCrosststampOpenInterval: Fault = {
  name: 'core-crosststamp-open-interval',
  statement: 'A device capture exactly at the last update, or now, is refused as if it were older.',
  source: {
    title:
      'Linux 87a411308819: timekeeping: Fix cross-timestamp interpolation corner case decision',
    url: 'https://git.kernel.org/linus/87a411308819',
  },
  breaks: ['cross-timestamp-is-one-instant'],
  minimum: 1,
  inject: (rules) => ({
    ...rules,
    isInInterval: (start, end, cycles) =>
      start < end ? start < cycles && cycles < end : cycles > start || cycles < end,
  }),
};
