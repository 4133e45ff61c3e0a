import type { HostId } from '../contract/machine.js';
import { pauseVcpu, runVcpu } from './running.js';
import type { Vcpu } from './vcpu.js';
import type { Vmm } from './vmm.js';

/** Hosts that sleep, and what they stopped: every vCPU that ran on them, whatever its VMM was about. */
export class HostSuspends {
  private readonly asleep = new Map<HostId, ReadonlyMap<Vmm, readonly Vcpu[]>>();

  constructor(private readonly vmms: readonly Vmm[]) {}

  isAsleep(host: HostId): boolean {
    return this.asleep.has(host);
  }

  /** @returns why it does not, if so. */
  suspend(host: HostId): string | undefined {
    if (this.isAsleep(host)) return 'the host is suspended';
    const stopped = new Map<Vmm, readonly Vcpu[]>();
    for (const vmm of this.vmms) {
      const { vm } = vmm;
      if (vm.host !== host) continue;
      vmm.isAsleep = true;
      const ran = vm.vcpus.filter(({ running }) => running);
      for (const vcpu of ran) pauseVcpu(vm, vcpu);
      stopped.set(vmm, ran);
    }
    this.asleep.set(host, stopped);
    return undefined;
  }

  /**
   * Each VM goes on by the list that its design has for a resume, where the host alone stopped it; one
   * that its VMM was stopping or starting only gets back the vCPUs that ran.
   *
   * @param steps of each list, at most
   * @returns why it does not, if so.
   */
  resume(host: HostId, steps: number): string | undefined {
    const stopped = this.asleep.get(host);
    if (stopped === undefined) return 'the host is not suspended';
    this.asleep.delete(host);
    for (const [vmm, ran] of stopped) {
      const { vm } = vmm;
      vmm.isAsleep = false;
      if (ran.length === 0) continue;
      const wasAtWork = vmm.isBusy && !vmm.isInterruptible;
      if (wasAtWork || (ran.length < vm.vcpus.length && !vmm.isBusy)) {
        for (const vcpu of ran) runVcpu(vm, vcpu);
        if (!vmm.isBusy) vmm.ended();
        continue;
      }
      vmm.begin(vm.design.resume(vm.vcpus.map((_, at) => at)), true);
      vmm.step(steps);
    }
    return undefined;
  }
}
