import { type CallRound, type FigureOf, rowOf } from './called-server.ts';
import { type Callers, openCallers } from './callers.ts';
import { inTurns } from './rounds.ts';

/** How many callers at once, and how many calls they make in a round: a second or some, and many rounds. */
export interface Scene {
  readonly callers: number;
  readonly calls: number;
}

/** A quarter of each scene, to see that a bench works. */
export const sizesOf = (scenes: readonly Scene[], quick: boolean): readonly Scene[] =>
  quick
    ? scenes.map(({ callers, calls }) => ({ callers, calls: Math.max(callers, Math.round(calls / 4)) }))
    : scenes;

/** The scenes in words. */
export const describeScenes = (scenes: readonly Scene[]): string =>
  scenes.map(({ callers, calls }) => `${calls} calls by ${callers} at once`).join(', then ');

/** One side of a comparison: makes the calls of a round. */
export type Side = (size: Scene & { readonly open: Callers }) => Promise<CallRound>;

/** Measures the sides in turn in each scene; gives a row for each figure of each scene (`rowOf`). */
export async function rowsOfScenes({
  scenes,
  rounds,
  due = 202,
  figures,
  sides,
  pairs = [[0, 1]],
  say,
}: {
  scenes: readonly Scene[];
  rounds: number;
  /** The status that every call has to be answered with. */
  due?: number;
  figures: readonly FigureOf[];
  /** Ours first. */
  sides: readonly Side[];
  /** The sides that are compared, by their places. */
  pairs?: readonly (readonly [number, number])[];
  say: (line: string) => void;
}): Promise<string[][]> {
  const rows: string[][] = [];
  for (const scene of scenes) {
    say(`${scene.callers} at once, ${scene.calls} calls a round`);
    const open = openCallers(scene.callers, due);
    const named = sides.map((side, place) => [String(place), () => side({ ...scene, open })] as const);
    const variants: Record<string, () => Promise<CallRound>> = Object.fromEntries(named);
    const results = await inTurns({ variants, rounds, say });
    open.close();
    const measured = named.map(([name]) => results[name] ?? []);
    for (const figure of figures) {
      const [name, ...cells] = rowOf(figure, { sides: measured, pairs });
      rows.push([`${scene.callers} at once: ${name}`, ...cells]);
    }
  }
  return rows;
}
