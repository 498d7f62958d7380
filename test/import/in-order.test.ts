import fc from 'fast-check';
import { inOrder } from '../../activities/import/in-order.ts';

/** Lets a work end only when it is told to. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('inOrder', () => {
  it('whatever ends first → items with a key in common run one after the other, and results keep their order', async () => {
    const keys = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 4 }),
        fc.scheduler(),
        async (items, atOnce, scheduler) => {
          const running = new Set<number>();
          const ended: number[] = [];
          const numbered = items.map((of, index) => ({ of, index }));
          const results = inOrder({
            items: numbered,
            keysOf: ({ of }) => of,
            atOnce,
            work: async ({ of, index }) => {
              expect(running.size).toBeLessThan(atOnce);
              for (const other of numbered.slice(0, index)) {
                if (other.of.some((key) => of.includes(key))) expect(ended).toContain(other.index);
              }
              running.add(index);
              await scheduler.schedule(Promise.resolve());
              running.delete(index);
              ended.push(index);
              return index;
            },
          });
          const [given] = await Promise.all([results, scheduler.waitFor(results)]);
          expect(given).toEqual(numbered.map(({ index }) => index));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('one fails → none is begun any more, and it rejects with that failure once the others have ended', async () => {
    const slow = gate();
    const begun: number[] = [];
    const result = inOrder({
      items: [0, 1, 2, 3],
      keysOf: () => [],
      atOnce: 2,
      work: async (item) => {
        begun.push(item);
        if (item === 1) throw new Error('the store is away');
        await slow.opened;
      },
    });
    let settled = false;
    const watched = result
      .catch((error: unknown) => error)
      .finally(() => {
        settled = true;
      });
    await turn();
    expect(settled).toBe(false);
    slow.open();
    await expect(watched).resolves.toMatchObject({ message: 'the store is away' });
    expect(begun).toEqual([0, 1]);
  });
});
