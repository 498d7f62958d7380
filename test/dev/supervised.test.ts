import { type Running, supervise } from '../../dev/stack/supervised.ts';

describe('a supervised process', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Processes that run until they are told to crash. */
  function crashingProcesses() {
    const crashes: (() => void)[] = [];
    const start = async (): Promise<Running> => {
      const { promise, resolve } = Promise.withResolvers<{ code: number; signal: null }>();
      let isRunning = true;
      const end = () => {
        isRunning = false;
        resolve({ code: 1, signal: null });
      };
      crashes.push(end);
      const stop = async () => end();
      return { pid: crashes.length, ended: promise, isRunning: () => isRunning, stop, kill: stop };
    };
    return { start, count: () => crashes.length, crash: () => crashes.at(-1)?.() };
  }

  function supervised(options: { autoRestart: boolean; start?: () => Promise<Running> }) {
    const processes = crashingProcesses();
    const lines: string[] = [];
    const part = supervise({
      name: 'api',
      start: processes.start,
      say: (line) => lines.push(line),
      onChange: () => undefined,
      ...options,
    });
    return { part, processes, lines };
  }

  const delays = (lines: string[]) =>
    lines.flatMap((line) => /is started again in ([\d.]+) s/.exec(line)?.[1] ?? []).map(Number);

  it('crashes again and again → started again each time, after pauses that double up to ten seconds', async () => {
    const { part, processes, lines } = supervised({ autoRestart: true });
    await part.start();

    for (let crash = 1; crash <= 7; crash += 1) {
      processes.crash();
      await jest.advanceTimersByTimeAsync(10_000);
      expect(processes.count()).toBe(crash + 1);
    }

    expect(delays(lines)).toEqual([0.5, 1, 2, 4, 8, 10, 10]);
  });

  it('ran for half a minute before it crashes → the pause is short again', async () => {
    const { part, processes, lines } = supervised({ autoRestart: true });
    await part.start();
    for (let crash = 0; crash < 3; crash += 1) {
      processes.crash();
      await jest.advanceTimersByTimeAsync(10_000);
    }

    await jest.advanceTimersByTimeAsync(31_000);
    processes.crash();
    await jest.advanceTimersByTimeAsync(0);

    expect(delays(lines).at(-1)).toBe(0.5);
  });

  it('cannot be started again at first → tried until it can', async () => {
    let failures = 2;
    const processes = crashingProcesses();
    const { part, lines } = supervised({
      autoRestart: true,
      start: async () => {
        if (processes.count() === 1 && failures > 0) {
          failures -= 1;
          throw new Error('port in use');
        }
        return processes.start();
      },
    });
    await part.start();

    processes.crash();
    await jest.advanceTimersByTimeAsync(10_000);

    expect(part.pid()).toBe(2);
    expect(lines.filter((line) => line.includes('port in use'))).toHaveLength(2);
    expect(lines.at(-1)).toBe('api is back');
  });

  it('stopped while it waits to be started again → stays away', async () => {
    const { part, processes } = supervised({ autoRestart: true });
    await part.start();
    processes.crash();
    await jest.advanceTimersByTimeAsync(0);

    await part.stop();
    await jest.advanceTimersByTimeAsync(60_000);

    expect(processes.count()).toBe(1);
    expect(part.pid()).toBeUndefined();
  });

  it('restarting switched off → the crash is told and nothing more', async () => {
    const { part, processes, lines } = supervised({ autoRestart: false });
    await part.start();

    processes.crash();
    await jest.advanceTimersByTimeAsync(60_000);

    expect(processes.count()).toBe(1);
    expect(lines).toEqual(['api ended unexpectedly (exit code 1)']);
  });
});
