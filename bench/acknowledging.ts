import type { Callers, PreparedCall } from './callers.ts';
import { quantile, ratios, spread } from './figures.ts';
import { processFigures } from './process-figures.ts';

/** A server that acknowledges carriers' calls. */
export interface AckServer {
  readonly url: string;
  readonly metricsUrl: string;
}

/** What a round of acknowledgements took. */
export interface AckRound {
  readonly perSecond: number;
  /** Milliseconds of each call. */
  readonly latencies: readonly number[];
  /** Processor time of the server for one call, in milliseconds. */
  readonly cpuMs: number;
}

/** Has a server acknowledge calls. */
export async function acknowledge(
  { url, metricsUrl }: AckServer,
  calls: readonly PreparedCall[],
  callers: Callers,
): Promise<AckRound> {
  const before = await processFigures(metricsUrl);
  const round = await callers.make(url, calls);
  const after = await processFigures(metricsUrl);
  return { ...round, cpuMs: (after.cpuMs - before.cpuMs) / calls.length };
}

/** A figure of each round. */
export type FigureOf = readonly [name: string, of: (round: AckRound) => number];

/** The figures that tell how acknowledging goes. */
export const ackFigures = {
  perSecond: ['calls/s', ({ perSecond }) => perSecond],
  median: ['p50, ms', ({ latencies }) => quantile(latencies, 0.5)],
  p99: ['p99, ms', ({ latencies }) => quantile(latencies, 0.99)],
  slowest: ['slowest, ms', ({ latencies }) => Math.max(...latencies)],
  processor: ['processor, ms a call', ({ cpuMs }) => cpuMs],
} as const satisfies Record<string, FigureOf>;

/** A row: what a figure was for us and for each baseline, and how many times each baseline's ours was in the same round. */
export function rowBeside(
  [name, of]: FigureOf,
  { ours, baselines }: { ours: readonly AckRound[]; baselines: readonly (readonly AckRound[])[] },
): string[] {
  const own = ours.map(of);
  const others = baselines.map((rounds) => rounds.map(of));
  return [name, spread(own), ...others.map(spread), ...others.map((other) => spread(ratios(own, other)))];
}
