/**
 * Parts items into waves: those of one wave have no key in common, and an item comes in a later wave than every earlier
 * item that it shares a key with. So waves can be done as a whole, one after the other, and of two items that want the
 * same the first one has it.
 */
export function wavesOf<Item>({
  items,
  keysOf,
}: {
  items: readonly Item[];
  keysOf: (item: Item) => readonly string[];
}): Item[][] {
  const waves: Item[][] = [];
  const lastWave = new Map<string, number>();
  for (const item of items) {
    const keys = keysOf(item);
    const wave = Math.max(-1, ...keys.map((key) => lastWave.get(key) ?? -1)) + 1;
    for (const key of keys) lastWave.set(key, wave);
    waves[wave] = [...(waves[wave] ?? []), item];
  }
  return waves;
}
