import { type ServerProcess, startProcess, waitUntilReady } from '../servers/server-process.ts';

// Node loads a process in a second or two; the worker bundles its workflows first. On a busy machine all of it takes
// several times that.
const START_TIMEOUT_MS = 90_000;
// Health checks ask the store and Temporal in turn.
const HEALTH_TIMEOUT_MS = 5_000;

/** Starts one of our TypeScript programs and waits until its health address answers 2xx. */
export async function startOwnProcess(options: {
  name: string;
  file: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  healthUrl: string;
}): Promise<ServerProcess> {
  const { name, file, env, logFile } = options;
  const server = await startProcess({ command: process.execPath, args: [file], env, logFile });
  try {
    await waitUntilReady({
      name,
      process: server,
      logFile,
      timeoutMs: START_TIMEOUT_MS,
      isReady: () => answers(options.healthUrl),
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  await response.body?.cancel();
  return response.ok;
}
