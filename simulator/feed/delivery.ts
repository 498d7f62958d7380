import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { FaultBoard } from '../faults.ts';
import { type FeedEvent, HEARTBEAT, isTaken, type Outbox } from './outbox.ts';
import type { SignedCaller } from './signed-call.ts';

/** The times of the event feed, in milliseconds. */
export interface FeedTimes {
  /** How long a control waits for the first attempt before it answers without knowing. */
  readonly firstAttempt: number;
  /** How long one attempt may take: Linekeeper answers once an event is durable, which is well under a second. */
  readonly attempt: number;
  /**
   * The first and the longest pause between attempts. Up to 5 s: here a retry costs nothing, and whoever restarts
   * Linekeeper wants to see the feed go on at once.
   */
  readonly retry: { readonly first: number; readonly longest: number };
  /** The same after a 400, which a repetition seldom turns into anything else. */
  readonly refused: { readonly first: number; readonly longest: number };
  /** The longest that an event is held back to come after the next one, so that a last one is sent as well. */
  readonly hold: number;
  /** Between two heartbeats. Linekeeper trusts a feed for 15 minutes after one. */
  readonly heartbeat: number;
}

/** The times of the simulator as it is run. */
export const feedTimes: FeedTimes = {
  firstAttempt: 5_000,
  attempt: 10_000,
  retry: { first: 250, longest: 5_000 },
  refused: { first: 10_000, longest: 300_000 },
  hold: 10_000,
  heartbeat: 60_000,
};

/** The answer to the first attempt; null when there was none (yet). */
export type Delivered = { readonly status: number } | null;

/** The way of events to Linekeeper: at least once, and those of one line in their order unless a fault says otherwise. */
export interface Delivery {
  /** Sends a waiting event until a 2xx; settles after the first attempt, or without an answer when that takes long. */
  send(event: FeedEvent): Promise<Delivered>;
  /** Sends an event once more, as a delivery of its own; not repeated when that fails. */
  sendCopy(event: FeedEvent): Promise<Delivered>;
}

/** One event on its way. */
interface Parcel {
  readonly event: FeedEvent;
  readonly copy: boolean;
  attempts: number;
  /** Tried in vain, so that nobody need wait for what comes after it. */
  failed: boolean;
  readonly settle: (delivered: Delivered) => void;
}

/** The parcels of one line, or the heartbeats of one system, of which one is under way at a time. */
interface Lane {
  readonly queue: Parcel[];
  held: Parcel | null;
  running: boolean;
}

/** Deliveries at the same time. Far fewer than Linekeeper can take, so that a replayed backlog doesn't drown it. */
const CONCURRENT = 32;

/** The answer to an event that Linekeeper won't have, such as one from too far ahead of its clock. */
const REFUSED = 400;

/** Starts the deliveries, with what a former run left behind first. `closing` ends them. */
export function createDelivery({
  outbox,
  faults,
  call,
  times,
  logger,
  closing,
}: {
  outbox: Outbox;
  faults: FaultBoard;
  call: SignedCaller;
  times: FeedTimes;
  logger: Logger;
  closing: AbortSignal;
}): Delivery {
  const lanes = new Map<string, Lane>();
  const unanswered = new Set<(delivered: Delivered) => void>();
  const limit = pLimit(CONCURRENT);
  const sleep = (ms: number): Promise<void> =>
    pause(ms, undefined, { signal: closing }).catch(() => undefined);

  function dispatch(event: FeedEvent, { copy }: { copy: boolean }): Promise<Delivered> {
    return new Promise((resolve) => {
      const settle = (delivered: Delivered): void => {
        clearTimeout(timer);
        unanswered.delete(settle);
        resolve(delivered);
      };
      const timer = setTimeout(() => settle(null), times.firstAttempt);
      unanswered.add(settle);
      enqueue({ event, copy, attempts: 0, failed: false, settle });
    });
  }

  function enqueue(parcel: Parcel): void {
    const { province, system, phone } = parcel.event;
    const key = phone ?? `${province}/${system}`;
    const lane = lanes.get(key) ?? { queue: [], held: null, running: false };
    lanes.set(key, lane);
    if (faults.of(province).down === true || lane.queue[0]?.failed === true) {
      parcel.settle(null);
    }
    if (lane.held !== null) {
      lane.queue.push(parcel, lane.held);
      lane.held = null;
    } else if (isFirst(parcel) && faults.hits(province, 'reorderEvents')) {
      lane.held = parcel;
      parcel.settle(null);
      void Promise.race([sleep(times.hold), faults.changed(province)]).then(() => release(key, lane, parcel));
    } else {
      lane.queue.push(parcel);
    }
    void run(key, lane);
  }

  function release(key: string, lane: Lane, parcel: Parcel): void {
    if (lane.held === parcel) {
      lane.held = null;
      lane.queue.push(parcel);
      void run(key, lane);
    }
  }

  async function run(key: string, lane: Lane): Promise<void> {
    if (lane.running) {
      return;
    }
    lane.running = true;
    for (let head = lane.queue[0]; head !== undefined && !closing.aborted; head = lane.queue[0]) {
      const { province } = head.event;
      if (faults.of(province).down === true) {
        head.settle(null);
        await faults.changed(province);
        continue;
      }
      const current = head;
      const status = await limit(() => attempt(current));
      head.failed = !isTaken(status) && status !== REFUSED;
      head.settle(status === null ? null : { status });
      if (isTaken(status) || head.copy) {
        lane.queue.shift();
      } else if (status === REFUSED) {
        // Refused, not undelivered: the line's later events go on, and this one is tried again beside them.
        lane.queue.shift();
        void sleep(backoff(times.refused, head.attempts)).then(() => closing.aborted || enqueue(current));
      } else {
        await sleep(backoff(times.retry, head.attempts));
      }
    }
    lane.running = false;
    if (lane.queue.length === 0 && lane.held === null) {
      lanes.delete(key);
    }
  }

  async function attempt(parcel: Parcel): Promise<number | null> {
    const { event } = parcel;
    const twice = isFirst(parcel) && faults.hits(event.province, 'duplicateEvents');
    parcel.attempts += 1;
    const [status] = await Promise.all([
      post(event, parcel.copy ? randomUUID() : event.id),
      twice ? post(event, randomUUID()) : null,
    ]);
    if (closing.aborted) {
      return null;
    }
    if (!parcel.copy) {
      outbox.attempted(event, status);
    }
    if (!isTaken(status)) {
      const { province, system, id, type } = event;
      logger.warn(
        { province, system, event: id, type, status, attempts: parcel.attempts },
        'event not taken',
      );
    }
    return status;
  }

  async function post(event: FeedEvent, webhookId: string): Promise<number | null> {
    const answer = await call({
      from: event,
      path: 'events',
      webhookId,
      contentType: 'application/cloudevents+json',
      body: event.body,
      timeout: times.attempt,
    });
    return answer?.status ?? null;
  }

  closing.addEventListener('abort', () => {
    for (const settle of unanswered) {
      settle(null);
    }
  });
  for (const event of outbox.waiting()) {
    void dispatch(event, { copy: false });
  }
  return {
    send: (event) => dispatch(event, { copy: false }),
    sendCopy: (event) => dispatch(event, { copy: true }),
  };
}

/** Whether the faults of single events concern it: the first attempt of an event about a line, not a repetition. */
function isFirst({ event, copy, attempts }: Parcel): boolean {
  return !copy && attempts === 0 && event.attempts === 0 && event.type !== HEARTBEAT;
}

/** Doubles up to the longest pause, less up to a quarter by chance, so that waiting lines don't return in step. */
function backoff({ first, longest }: { first: number; longest: number }, attempts: number): number {
  return Math.min(longest, first * 2 ** (attempts - 1)) * (1 - Math.random() / 4);
}
