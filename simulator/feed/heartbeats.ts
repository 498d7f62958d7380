import type { Instant } from '../../domain/instant.ts';
import { allSystems, type SimulatorConfig } from '../config.ts';
import type { FaultBoard } from '../faults.ts';
import type { Delivery } from './delivery.ts';
import { HEARTBEAT, type Outbox } from './outbox.ts';

/** What the heartbeats stand on. `every` is in milliseconds. */
export interface HeartbeatParts {
  readonly config: SimulatorConfig;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly faults: FaultBoard;
  readonly now: () => Instant;
  readonly every: number;
}

/**
 * Lets every system with an event feed say that it is alive, now and then at each interval. One that still waits to
 * be delivered speaks for the next as well, and a province that is down has no heartbeat. Returns what stops it.
 */
export function startHeartbeats({
  config,
  outbox,
  delivery,
  faults,
  now,
  every,
}: HeartbeatParts): () => void {
  const beat = (): void => {
    for (const { province, system, config: systemConfig } of allSystems(config)) {
      const from = { province, system };
      const silent = !systemConfig.capabilities.events || faults.of(province).down === true;
      if (!silent && !outbox.heartbeatWaits(from)) {
        const event = outbox.append({
          from,
          type: HEARTBEAT,
          time: now(),
          phone: null,
          data: {},
          lineBefore: null,
          lost: false,
        });
        void delivery.send(event);
      }
    }
  };
  beat();
  const timer = setInterval(beat, every);
  return () => clearInterval(timer);
}
