import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PartName, START_ORDER } from '../../dev/stack/parts.ts';
import type { StackSettings } from '../../dev/stack/settings.ts';
import { type Stack, startStack } from '../../dev/stack/stack.ts';
import { type Caller, createCaller } from './caller.ts';
import { deathsFolder } from './deaths.ts';
import { type Inside, lookInside } from './inside.ts';

/** Long enough that everything else is done meanwhile on a busy machine, short enough to wait for. */
export const freezeSeconds = 20;

/** What calls it and what looks into it are new after a restart, for the ports are. */
interface Running {
  readonly stack: Stack;
  readonly caller: Caller;
  readonly inside: Inside;
}

/** A full stack on free ports with a data folder of its own, which nobody restarts but the test. */
export interface OwnStack {
  readonly dataDir: string;
  readonly now: Running;
  /** Starts what doesn't run: a test that failed half-way leaves something dead. */
  mend(): Promise<void>;
  /** Kills every process at once, then starts all of it again on the same folder. */
  crashAndRestart(): Promise<void>;
  /** Stops everything, whatever state it is in. */
  stop(): Promise<void>;
  /** Stops everything and removes the folder. */
  close(): Promise<void>;
}

/** Starts a stack with a short freeze and frequent sweeps. `programs` run instead of our own; deaths are planned in its folder. */
export async function openOwnStack({
  programs = {},
}: {
  programs?: StackSettings['programs'];
} = {}): Promise<OwnStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'linekeeper-breakage-'));
  let running: Running | undefined;

  const start = async (): Promise<void> => {
    const stack = await startStack({
      dataDir,
      freeze: `PT${freezeSeconds}S`,
      env: { LINEKEEPER_SWEEP_INTERVAL: 'PT2S', [deathsFolder]: dataDir },
      programs,
      autoRestart: false,
      quiet: true,
    });
    const { endpoints } = stack;
    try {
      running = { stack, caller: createCaller(endpoints), inside: await lookInside(endpoints) };
    } catch (error) {
      await stack.stop();
      throw error;
    }
  };

  const stop = async (): Promise<void> => {
    const stopping = running;
    running = undefined;
    // A look at a server that is dead may fail to close; the processes have to end all the same.
    await stopping?.inside.close().catch(() => undefined);
    await stopping?.stack.stop();
  };

  const current = (): Running => {
    if (running === undefined) throw new Error('the stack is stopped');
    return running;
  };

  await start();
  return {
    dataDir,

    get now() {
      return current();
    },

    async mend() {
      const { stack } = current();
      for (const part of START_ORDER.flat())
        if (stack.processes[part] === undefined) await stack.restart(part);
    },

    async crashAndRestart() {
      const { stack } = current();
      const parts = Object.keys(stack.processes) as PartName[];
      await Promise.all(parts.map((part) => stack.kill(part)));
      await stop();
      await start();
    },

    stop,

    async close() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
