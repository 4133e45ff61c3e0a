import { describe, expect, test } from 'vitest';
import { deployed } from '../../src/app/deployed.js';
import { matrix } from '../../src/app/matrix.js';
import { DESIGNS } from '../../src/app/parts.js';
import { about } from '../../src/cli/about.js';
import { sessionOf } from '../../src/cli/io.js';
import { TOUR_DESIGNS, tour } from '../../src/cli/tour.js';
import type { DeployedCell } from '../../src/contract/outcome.js';
import { answerWord, deployedLines, realtimeLines } from '../../src/report/deployed.js';
import { PAGE } from '../../src/report/style.js';
import { recorder } from './recorder.js';

describe('npm start', () => {
  const { io, stdout } = recorder();
  const played = tour(sessionOf(io, {}, about()));

  test('every design keeps and breaks what it states', async () => {
    expect(await played).toBe(0);
    expect(stdout()).toContain('(all expected)');
    expect(stdout()).toContain(`15 promises x ${TOUR_DESIGNS.length} designs`);
  });

  test('shows the questions, the shortest proof, and real guests', async () => {
    await played;
    for (const part of [
      'Does CLOCK_MONOTONIC count the time a guest was stopped?   (Linux: no)',
      'Is CLOCK_REALTIME right at the first read afterwards?',
      'searched 2,000 step lists, 0 exceptions',
      'Shortest broken promise, Cloud Hypervisor before March 2026 (#7930):',
      'set-clock before run-vcpus and pause-vcpus before get-clock: holds in 1,000',
      '05-tcg-tsc-savevm-loadvm',
      '19-tcg-tsc-baseline',
      'npx tickproof list laws',
    ]) {
      expect(stdout()).toContain(part);
    }
    expect(stdout()).toMatch(/monotonic-never-decreases\n {2}5 commands/);
  });

  test('fits a page: ASCII, no colours, no line that breaks', async () => {
    await played;
    expect(stdout()).toMatch(/^[\n\x20-\x7e]*$/);
    const long = stdout()
      .split('\n')
      .filter((line) => line.length > 80 && !/https:|tickproof/.test(line));
    expect(long).toEqual([]);
  });
});

describe('the tables of what is deployed', () => {
  const rows = deployed();
  const cells = rows.flatMap((row) => row.cells);
  const cellOf = (design: string, stop: DeployedCell['stop'], clocksource: string) =>
    cells.find(
      (cell) => cell.design === design && cell.stop === stop && cell.clocksource === clocksource,
    );

  // designs.md, "Deployed in 2026", and D1 of the matrix for QEMU.
  test('say what was read in the sources of each VMM', () => {
    const said = rows.map((row) => [row.label, ...row.cells.map(({ monotonic }) => monotonic)]);
    const [YES, no] = ['violated', 'holds'];
    expect(said).toEqual([
      ['QEMU stop/cont, savevm', no, YES, no, no],
      ['Firecracker 1.16', YES, YES, no, no],
      ['Firecracker 1.16 clock_realtime', YES, YES, YES, no],
      ['Cloud Hypervisor, June 2026', YES, YES, YES, no],
      ['cooperative freeze (tglx 2021)', no, no, no, no],
    ]);
  });

  test('are what the matrix computes, where it has the same stop and clock', async () => {
    const LAWS = {
      monotonic: 'monotonic-skips-stopped-time',
      realtime: 'realtime-is-right-at-first-read',
    } as const;
    // A design is played on a save here, which also pauses: what either breaks is broken.
    const names = [...new Set(cells.map(({ design }) => design))];
    const computed = await matrix({
      seed: 1,
      runs: 300,
      maxCommands: 40,
      designs: names,
      shrinks: 0,
    });
    for (const { name, cells: judged } of computed.designs) {
      const scene = DESIGNS.find((design) => design.name === name)?.scene;
      const clocksource = scene?.clocksource?.name ?? 'kvm-clock';
      const stops = scene?.stop === 'save' ? (['pause', 'save'] as const) : (['pause'] as const);
      for (const [clock, law] of Object.entries(LAWS) as [keyof typeof LAWS, string][]) {
        // What is moved here, and counted until it is sent, is saved there at once.
        if (name === 'qemu-migrate-kvmclock-live') continue;
        const verdict = judged.find((cell) => cell.law === law)?.verdict;
        const played = stops.map((stop) => cellOf(name, stop, clocksource)?.[clock]);
        expect(played.includes('violated') ? 'violated' : 'holds', `${name} ${law}`).toBe(verdict);
      }
    }
  });

  test('mark what is counted until it is saved, as the row of qemu-migrate-kvmclock-live has it', () => {
    expect(cellOf('qemu-migrate-kvmclock-live', 'save', 'kvm-clock')?.countsTheSave).toBe(true);
    expect(cellOf('qemu-migrate-kvmclock-live', 'save', 'tsc')?.countsTheSave).toBe(false);
    const breaks = DESIGNS.find(({ name }) => name === 'qemu-migrate-kvmclock-live')?.breaks ?? [];
    expect(breaks.some(({ law }) => law === 'monotonic-skips-stopped-time')).toBe(true);
  });

  test('capitals say what Linux does not', () => {
    const [cell] = cells as [DeployedCell];
    const kept = { ...cell, monotonic: 'holds', countsTheSave: false } as const;
    expect(answerWord(kept)).toBe('no');
    expect(answerWord({ ...kept, countsTheSave: true })).toBe('no *');
    expect(answerWord({ ...kept, monotonic: 'violated' })).toBe('YES');
    expect(answerWord({ ...kept, monotonic: 'vacuous' })).toBe('not tested');
  });

  test('answer for REALTIME cell by cell where the first table does not say it', () => {
    const [first, ...rest] = rows;
    const [cell, ...others] = first?.cells ?? [];
    if (first === undefined || cell === undefined) throw new Error('an empty table');
    const odd = { ...cell, monotonic: 'violated', realtime: 'violated' } as const;
    const lines = realtimeLines([{ ...first, cells: [odd, ...others] }, ...rest], PAGE).join(' ');
    expect(lines).toContain('wrong under QEMU stop/cont, savevm (pause, kvm-clock);');
    expect(realtimeLines(rows, PAGE).join(' ')).toContain('YES above is right here');
  });

  test('stand under their headings', () => {
    const lines = deployedLines(rows, PAGE);
    const at = (line: number, text: string) => lines[line]?.indexOf(text);
    expect(at(2, 'snapshot, restore')).toBe(lines[3]?.lastIndexOf('kvm-clock'));
    expect(at(2, 'pause, resume')).toBe(at(3, 'kvm-clock'));
  });
});
