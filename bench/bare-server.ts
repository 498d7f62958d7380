import { freePort } from '../dev/servers/free-port.ts';
import { localUrl } from '../dev/stack/endpoints.ts';
import { startOwnProcess } from '../dev/stack/own-process.ts';
import type { Bed } from './bed.ts';

/** A server that a bench started beside a stack, as a process of its own. */
export interface BareServer {
  /** Without a path. */
  readonly url: string;
  readonly metricsUrl: string;
  stop(): Promise<void>;
}

/** Starts one of the programs in `bare/`, which listen on `BENCH_PORT` and answer `/metrics`. */
export async function startBareServer(
  { folder }: Pick<Bed, 'folder'>,
  { name, program, env }: { name: string; program: string; env: Readonly<Record<string, string>> },
): Promise<BareServer> {
  const port = await freePort();
  const url = localUrl(port);
  const metricsUrl = `${url}/metrics`;
  const { stop } = await startOwnProcess({
    name,
    file: program,
    env: { ...process.env, NODE_ENV: 'production', BENCH_PORT: String(port), ...env },
    logFile: folder.logOf(name.replaceAll(' ', '-')),
    healthUrl: metricsUrl,
  });
  return { url, metricsUrl, stop };
}
