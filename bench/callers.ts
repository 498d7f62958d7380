import { Agent, request } from 'node:http';

/** A request that only has to be sent. */
export interface PreparedCall {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a round of calls took. */
export interface RoundOfCalls {
  /** Calls answered in a second. */
  readonly perSecond: number;
  /** Each call from its start to the end of its answer, in milliseconds. */
  readonly latencies: readonly number[];
}

/** Callers with connections of their own, kept open, as carriers' gateways do. */
export interface Callers {
  /** Makes all calls, each caller the next one when its last is answered. Rejects at another answer than is due. */
  make(url: string, calls: readonly PreparedCall[]): Promise<RoundOfCalls>;
  close(): void;
}

/** Opens so many callers, who are due answers of that status. Plain `node:http`: a heavier client would measure itself. */
export function openCallers(count: number, due = 202): Callers {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  return {
    async make(url, calls) {
      const waiting = calls.values();
      const latencies: number[] = [];
      const startedAt = performance.now();
      const caller = async () => {
        for (const call of waiting) {
          const sentAt = performance.now();
          await send(url, call, { agent, due });
          latencies.push(performance.now() - sentAt);
        }
      };
      await Promise.all(Array.from({ length: count }, caller));
      return { perSecond: (calls.length * 1_000) / (performance.now() - startedAt), latencies };
    },
    close: () => agent.destroy(),
  };
}

/** Far longer than any call takes: a bench that hangs has to end. */
const answerWithinMs = 60_000;

function send(
  url: string,
  { body, headers }: PreparedCall,
  { agent, due }: { agent: Agent; due: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sent = request(url, {
    method: 'POST',
    agent,
    headers: { ...headers, 'content-length': String(body.length) },
    timeout: answerWithinMs,
  });
  sent.on('response', (response) => {
    const { statusCode } = response;
    response.on('end', () => {
      if (statusCode === due) resolve();
      else reject(new Error(`A call was answered with ${statusCode}, not ${due}`));
    });
    response.on('error', reject);
    response.resume();
  });
  sent.on('timeout', () => sent.destroy(new Error(`A call had no answer in ${answerWithinMs} ms`)));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
