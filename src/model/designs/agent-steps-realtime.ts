import type { Broken } from '../../contract/catalogue.js';
import type { Design } from './design.js';
import { MOVED, ON_TSC } from './scenes.js';
import {
  BETWEEN_STEPS,
  GET_CLOCK,
  getTscs,
  KVMCLOCK_CTRL,
  pauseVcpus,
  runVcpus,
  SET_CLOCK,
  setTscs,
} from './steps.js';

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
  stopErrorNs: BETWEEN_STEPS,
  breaks: LATE,
  scene: { ...MOVED, ...ON_TSC },
  guest: { daemonWaits: true },
  pause: (vcpus) => [...pauseVcpus(vcpus), ...getTscs(vcpus), GET_CLOCK],
  resume: (vcpus) => [
    SET_CLOCK,
    ...setTscs(vcpus),
    KVMCLOCK_CTRL,
    ...runVcpus(vcpus),
    { kind: 'step-realtime' },
  ],
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
