import type { ClockId } from '../contract/clock.js';
import type { CommandOf } from '../contract/schedule.js';
import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import type { GuardWord, PageWord } from '../programs/host-page.js';
import type { AcceptedRead } from '../programs/seqcount.js';
import type { SharedPage } from './designs/design.js';
import { Operation } from './operation.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** The page as it is in the guest's memory: written as a whole, and read word by word. */
export interface HostPage extends Readonly<Record<PageWord, bigint>> {
  readonly seq: bigint;
  readonly count: bigint;
}

/** What every host's page begins with, so that two of them show the same: designs.md, D9. */
const FIRST_SEQUENCE = 2n;
/** The count of a host that counts for itself. */
const OWN_COUNT = 1n;

/** The page that the guest finds as it boots; undefined: its design has none. */
export function bootPage(vm: Vm): HostPage | undefined {
  const spec = timePageOf(vm);
  return spec === undefined ? undefined : pageOf(vm, spec, FIRST_SEQUENCE);
}

/** The host writes the page anew: nobody sees it half written, as all vCPUs that could are stopped, or retry. */
export function writeHostPage(vm: Vm): void {
  const spec = timePageOf(vm);
  if (spec === undefined) return;
  const { seq = 0n } = vm.guest.hostPage ?? {};
  vm.guest.hostPage = pageOf(vm, spec, spec.sequenceContinues ? seq + 2n : FIRST_SEQUENCE);
}

/** Other pages say something else than the time. */
function timePageOf({ design }: Vm): SharedPage | undefined {
  const page = design.guest?.page;
  return page?.of === 'vmclock' || page?.of === 'timekeeper' ? page : undefined;
}

function pageOf(vm: Vm, { countTravels }: SharedPage, seq: bigint): HostPage {
  const { world, host, marker, hostCounter } = vm;
  return {
    seq,
    count: countTravels ? marker : OWN_COUNT,
    reference: u64(hostCounter + (vm.vcpus[0]?.offset ?? 0n)),
    realtime: world.realtime(host),
    // MONOTONIC of the host: true time since it booted, of which all hosts have the same.
    monotonic: world.nowNs,
    frequency: world.hostOf(host).counterHz,
  };
}

/** A word as a reader loads it. */
export function loadPageWord({ guest }: Vm, word: PageWord | GuardWord): bigint {
  const { hostPage } = guest;
  if (hostPage === undefined) return 0n;
  return word === 'count-again' ? hostPage.count : hostPage[word];
}

/** Begins a read of the page. @returns why there is none. */
export function beginPageRead(
  vm: Vm,
  vcpu: Vcpu,
  { clock }: CommandOf<'read'>,
): string | undefined {
  const spec = timePageOf(vm);
  if (spec === undefined) return 'the host shares no page that says the time';
  if (!spec.saysTime) return 'the page says no time';
  const shows =
    clock === 'CLOCK_REALTIME' || (spec.of === 'timekeeper' && clock === 'CLOCK_MONOTONIC');
  if (!shows) return `the page does not show ${clock}`;
  vcpu.operation = new Operation({ kind: 'page-read', clock, guards: spec.guards }, vm.world.nowNs);
  return undefined;
}

/** What the reader makes of the words: counters are of 64 bits, and one behind the page's is far ahead of it. */
export function acceptPageRead(
  vm: Vm,
  vcpu: Vcpu,
  beganNs: Ns,
  clock: ClockId,
  { words, counter }: AcceptedRead<PageWord>,
): void {
  const base = clock === 'CLOCK_REALTIME' ? words.realtime : words.monotonic;
  const cycles: Cycles = u64(counter - words.reference);
  vm.emit({
    kind: 'clock-read',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: beganNs,
    latestNs: vm.world.nowNs,
    clock,
    via: 'page',
    ns: base + (cycles * NSEC_PER_SEC) / words.frequency,
    counter: null,
  });
}
