import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** What the figures were measured on, and how busy that was: a shared machine says less. */
export function describeMachine(): string[] {
  const [oneMinute = 0] = loadavg();
  return [
    `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `Node ${process.version}`,
    `load before the start: ${oneMinute.toFixed(1)}`,
  ];
}
