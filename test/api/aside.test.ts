import { createAside } from '../../api/aside.ts';
import { createLogger } from '../../platform/logger.ts';

function open() {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logger = createLogger({ name: 'api', level: 'info', destination: { write } });
  return { lines, aside: createAside({ logger }) };
}

describe('createAside', () => {
  it('nothing begun → drained at once', async () => {
    await expect(open().aside.drain(0)).resolves.toBe(true);
  });

  it('work under way → waited for', async () => {
    const { aside } = open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const done: string[] = [];
    aside.run('slow', async () => {
      await promise;
      done.push('slow');
    });
    const drained = aside.drain(10_000);
    resolve();
    await expect(drained).resolves.toBe(true);
    expect(done).toEqual(['slow']);
  });

  it('work that begins other work → both are waited for', async () => {
    const { aside } = open();
    const done: string[] = [];
    aside.run('first', async () => {
      await Promise.resolve();
      aside.run('second', async () => {
        await new Promise(setImmediate);
        done.push('second');
      });
    });
    await expect(aside.drain(10_000)).resolves.toBe(true);
    expect(done).toEqual(['second']);
  });

  it('work that does not end within the grace → told', async () => {
    const { aside } = open();
    aside.run('endless', () => new Promise(() => undefined));
    await expect(aside.drain(1)).resolves.toBe(false);
  });

  it.each([
    ['later', async () => Promise.reject(new Error('no luck'))],
    [
      'at once',
      () => {
        throw new Error('no luck');
      },
    ],
  ])('work that throws %s → logged by its name, and nobody else concerned', async (_, work) => {
    const { aside, lines } = open();
    await expect(aside.run('doomed', work)).resolves.toBeUndefined();
    await expect(aside.drain(10_000)).resolves.toBe(true);
    expect(lines).toEqual([expect.stringMatching(/"aside":"doomed".*no luck|no luck.*"aside":"doomed"/)]);
  });
});
