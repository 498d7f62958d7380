/**
 * Runs the variants in turn, round after round (ABAB…), so that what disturbs the machine meanwhile hits all of them
 * alike. The first round warms up and isn't counted. Gives the results of each variant, round by round.
 */
export async function inTurns<Variant extends string, Result>({
  variants,
  rounds,
  say,
}: {
  variants: Readonly<Record<Variant, () => Promise<Result>>>;
  rounds: number;
  say: (line: string) => void;
}): Promise<Record<Variant, Result[]>> {
  const tracks = Object.entries<() => Promise<Result>>(variants).map(([name, run]) => ({
    name,
    run,
    results: [] as Result[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { run, results } of tracks) {
      const result = await run();
      if (round > 0) results.push(result);
    }
    say(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`);
  }
  return Object.fromEntries(tracks.map(({ name, results }) => [name, results])) as Record<Variant, Result[]>;
}
