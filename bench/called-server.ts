import type { Callers, PreparedCall } from './callers.ts';
import { quantile, ratios, spread } from './figures.ts';
import { processFigures } from './process-figures.ts';

/** A server that calls are made to. */
export interface CalledServer {
  readonly url: string;
  readonly metricsUrl: string;
}

/** What a round of calls took. */
export interface CallRound {
  readonly perSecond: number;
  /** Milliseconds of each call. */
  readonly latencies: readonly number[];
  /** Processor time of the server for one call, in milliseconds. */
  readonly cpuMs: number;
}

/** Makes calls to a server. */
export async function makeCalls(
  { url, metricsUrl }: CalledServer,
  calls: readonly PreparedCall[],
  callers: Callers,
): Promise<CallRound> {
  const before = await processFigures(metricsUrl);
  const round = await callers.make(url, calls);
  const after = await processFigures(metricsUrl);
  return { ...round, cpuMs: (after.cpuMs - before.cpuMs) / calls.length };
}

/** A figure of each round. */
export type FigureOf = readonly [name: string, of: (round: CallRound) => number];

/** The figures that tell how answering goes. */
export const callFigures = {
  perSecond: ['calls/s', ({ perSecond }) => perSecond],
  median: ['p50, ms', ({ latencies }) => quantile(latencies, 0.5)],
  p99: ['p99, ms', ({ latencies }) => quantile(latencies, 0.99)],
  slowest: ['slowest, ms', ({ latencies }) => Math.max(...latencies)],
  processor: ['processor, ms a call', ({ cpuMs }) => cpuMs],
} as const satisfies Record<string, FigureOf>;

/**
 * A row: what a figure was for each side, and then, for each pair of sides, how many times the second's the first's was
 * in the same round.
 */
export function rowOf(
  [name, of]: FigureOf,
  {
    sides,
    pairs,
  }: { sides: readonly (readonly CallRound[])[]; pairs: readonly (readonly [number, number])[] },
): string[] {
  const values = sides.map((rounds) => rounds.map(of));
  const ratioOf = ([one, other]: readonly [number, number]) =>
    spread(ratios(values[one] ?? [], values[other] ?? []));
  return [name, ...values.map(spread), ...pairs.map(ratioOf)];
}

/** A row: what a figure was for us and for each baseline, and how many times each baseline's ours was in the same round. */
export const rowBeside = (
  figure: FigureOf,
  { ours, baselines }: { ours: readonly CallRound[]; baselines: readonly (readonly CallRound[])[] },
): string[] =>
  rowOf(figure, { sides: [ours, ...baselines], pairs: baselines.map((_, place) => [0, place + 1] as const) });
