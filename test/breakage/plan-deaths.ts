import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { OwnProgram } from '../../dev/stack/settings.ts';
import { type Death, deathFiles, type Reached } from './deaths.ts';
import type { OwnStack } from './own-stack.ts';
import { until } from './until.ts';

/** Has the processes of a stack die at these points; without any they only tell which points they come to. */
export function planDeaths({ dataDir }: Pick<OwnStack, 'dataDir'>, deaths: readonly Death[]): void {
  const files = deathFiles(dataDir);
  rmSync(files.reached, { force: true });
  writeFileSync(files.plan, JSON.stringify(deaths));
}

/** From now on nobody dies. */
export function endDeaths({ dataDir }: Pick<OwnStack, 'dataDir'>): void {
  rmSync(deathFiles(dataDir).plan, { force: true });
}

/** The points that were come to since the plan, of the work in whose description one of these words stands. */
export function pointsReached({ dataDir }: Pick<OwnStack, 'dataDir'>, marks: readonly string[]): string[] {
  const points = readReached(dataDir)
    .filter(({ about }) => marks.some((mark) => about.includes(mark)))
    .map(({ point }) => point);
  return [...new Set(points)];
}

/** Waits until a process has killed itself as planned. Throws with the deaths that it didn't come to. */
export async function diesAsPlanned(own: OwnStack, part: OwnProgram, withinMs: number): Promise<void> {
  const deaths: Death[] = JSON.parse(readFileSync(deathFiles(own.dataDir).plan, 'utf8'));
  await until({
    what: `the ${part} dies`,
    withinMs,
    look: async () => {
      if (own.now.stack.processes[part] === undefined) return true;
      const reached = readReached(own.dataDir).filter(({ stopped }) => stopped);
      const missing = deaths.filter(
        ({ marks, point }) =>
          !reached.some((each) => each.point === point && marks.some((mark) => each.about.includes(mark))),
      );
      throw new Error(`not come to: ${missing.map(({ point }) => point).join('; ')}`);
    },
  });
}

function readReached(dataDir: string): Reached[] {
  const { reached } = deathFiles(dataDir);
  if (!existsSync(reached)) return [];
  const lines = readFileSync(reached, 'utf8').trimEnd().split('\n');
  return lines.map((line): Reached => JSON.parse(line));
}
