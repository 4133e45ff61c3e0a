import type { Broken } from '../../contract/catalogue.js';
import type { Design } from './design.js';
import { loadTscs, runVcpus, saveTscs, TSC_OF_TWO_HOSTS } from './stop-steps.js';

const LATE: readonly Broken[] = [
  {
    law: 'boottime-counts-stopped-time',
    because: 'the agent sets REALTIME alone',
  },
  {
    law: 'realtime-is-right-at-first-read',
    because: 'REALTIME is behind by the stop until the agent has set it',
  },
  {
    law: 'no-stale-read-after-resume',
    because: 'whoever reads before the agent has run reads a time without the stop',
  },
  {
    law: 'stale-time-is-never-used',
    because: 'an application goes on before the agent, and there is no sign until then',
  },
  {
    law: 'stop-is-told-with-its-length',
    because: 'the agent is told what time it is, not how long the stop was',
  },
];

/** D14: counters are stopped, and somebody in user space sets the clock afterwards. */
export const agentStepsRealtimeFirst: Design = {
  name: 'agent-steps-realtime-first',
  statement:
    'Counters stop; an agent in the guest sets REALTIME before the time daemon looks at it.',
  source: {
    title: 'QEMU guest agent: guest-set-time',
    url: 'https://www.qemu.org/docs/master/interop/qemu-ga-ref.html',
  },
  migrates: true,
  // Time passes between the vCPUs' stop and the reading of their counters, and on the way back.
  stopErrorNs: { monotonic: 1_000_000n, boottime: 1_000_000n },
  breaks: LATE,
  scene: {
    stop: 'migrate',
    ...TSC_OF_TWO_HOSTS,
  },
  guest: { daemonWaits: true },
  pause: saveTscs,
  resume: (vcpus) => [...loadTscs(vcpus), ...runVcpus(vcpus), { kind: 'step-realtime' }],
};

const later: Design = {
  ...agentStepsRealtimeFirst,
  name: 'agent-steps-realtime-later',
  statement: 'The same; the time daemon may look first.',
  breaks: [
    ...LATE,
    {
      law: 'ntp-is-told',
      because: 'the daemon polls before the agent has set the clock',
    },
  ],
  guest: { daemonWaits: false },
};

export const AGENTS: readonly Design[] = [agentStepsRealtimeFirst, later];
