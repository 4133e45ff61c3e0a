import type { Scene } from '../../contract/catalogue.js';
import type { ClocksourceSpec, Host } from '../../contract/machine.js';
import { REFERENCE_CLOCKSOURCE } from '../reference-clock.js';
import type { Design } from './design.js';
import { kvmClockRealtime } from './kvm-clock-realtime.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  LEASE,
  lateTimers,
  NOBODY_TOLD,
  NTP_UNTOLD,
  realtimeIsOff,
  realtimeIsOffAtFirst,
  STALE,
} from './reasons.js';
import { MOVED } from './scenes.js';
import { goingOn, runVcpus } from './steps.js';

/** Units of 100 ns. */
const REFERENCE_PAGE: ClocksourceSpec = {
  name: REFERENCE_CLOCKSOURCE,
  freq: 10_000_000n,
  scale: 1n,
  widthBits: 64,
  nonstop: false,
};

const SCENE: Partial<Scene> = { ...MOVED, clocksource: REFERENCE_PAGE };
const [SLOW, AHEAD] = MOVED.hosts as readonly [Host, Host];
/** The page of the old host makes too much of a faster TSC. */
const TO_FASTER: Partial<Scene> = {
  ...SCENE,
  hosts: [SLOW, { ...AHEAD, counterHz: 2_500_000_000n }],
  stopsAtMost: 1,
  // What KVM cuts off the multiplier of a page: virtualization, 2.3.
  declared: { counterPpb: 1n },
};

/** KVM's emulation of Hyper-V: readers of the page ask the MSR until it is written anew. */
export const hypervReferencePage: Design = {
  ...kvmClockRealtime,
  name: 'hyperv-reference-page',
  statement:
    'As kvm-clock-realtime, for a guest that reads the reference TSC page, invalid until vCPU 0 enters.',
  source: {
    title: 'KVM: kvm_hv_invalidate_tsc_page(), kvm_hv_setup_tsc_page()',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/arch/x86/kvm/hyperv.c?h=v6.12',
  },
  scene: SCENE,
};

/** The page is left as it is, and another vCPU is first. */
export const hypervReferencePageStaleSecondVcpu: Design = {
  ...hypervReferencePage,
  name: 'hyperv-reference-page-stale-second-vcpu',
  statement: 'As hyperv-reference-page, but the page of the old host is read until vCPU 0 enters.',
  breaks: [
    goesBack('the old page makes too much of the new TSC, until it is written anew'),
    {
      law: 'monotonic-keeps-moving',
      because: 'after a tick in that time MONOTONIC stands still',
    },
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    ...realtimeIsOff('a tick on the other vCPU takes what the old page shows for time'),
    STALE,
    ...kvmClockRealtime.breaks,
  ],
  scene: TO_FASTER,
  ...goingOn((vcpus) => [
    ...kvmClockRealtime.resume(vcpus).filter(({ kind }) => kind !== 'run-vcpu'),
    ...runVcpus(vcpus.toReversed()),
  ]),
  guest: { referencePage: 'leave' },
};

/** The only deployed design with a handshake after the move. */
export const hypervReferencePageReenlightened: Design = {
  ...hypervReferencePage,
  name: 'hyperv-reference-page-reenlightened',
  statement: 'As hyperv-reference-page, and the old TSC is emulated until the guest acknowledges.',
  breaks: [
    jumps('with the acknowledgement the clock goes forward by the stop'),
    BOOTTIME_FOLLOWS,
    realtimeIsOffAtFirst('what KVM_SET_CLOCK did shows once the guest has acknowledged'),
    STALE,
    ...NOBODY_TOLD,
    LEASE,
    NTP_UNTOLD,
    lateTimers('with the acknowledgement the clock goes forward, and the deadlines do not'),
  ],
  scene: TO_FASTER,
  ...goingOn((vcpus) => [...kvmClockRealtime.resume(vcpus), { kind: 'raise-irq', vcpu: 0 }]),
  guest: {
    referencePage: 'emulate',
    handler: { does: 'acknowledge', when: 'interrupt', clearsNtp: false, setsClock: false },
  },
};

export const HYPERV_REFERENCE_PAGES: readonly Design[] = [
  hypervReferencePage,
  hypervReferencePageStaleSecondVcpu,
  hypervReferencePageReenlightened,
];
