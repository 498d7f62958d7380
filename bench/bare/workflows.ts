import {
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  proxySinks,
  type Sinks,
  setHandler,
  sleep,
} from '@temporalio/workflow';

/** The one step of the bare worker. */
export interface BareActivities {
  /** Signals a sleeper under each id, and starts it where none sleeps. */
  wakeAll(ids: readonly string[]): Promise<void>;
}

/** How the bare worker hears of sleepers: nothing of it goes into their histories. */
export interface BareSinks extends Sinks {
  sleepers: { awake: () => void };
}

const { wakeAll } = proxyActivities<BareActivities>({
  // A thousand calls, twenty at once: seconds. A bench that hangs has to end.
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});
/** A step that does nothing. */
export interface BareSteps {
  nothing(): Promise<void>;
}

/** The task queue of steps that aren't on the workflows' own, as carriers' are. */
export const stepsQueue = 'bare-steps';

const here = proxyLocalActivities<BareSteps>({ startToCloseTimeout: '30 s' });
const elsewhere = proxyActivities<BareSteps>({ taskQueue: stepsQueue, startToCloseTimeout: '1 minute' });
const { sleepers } = proxySinks<BareSinks>();

/** Asks for nothing. */
export const wake = defineSignal('wake');

/** Wakes sleepers, and that is all. */
export async function fanOut(ids: string[]): Promise<void> {
  await wakeAll(ids);
}

/** Sleeps as long as a freeze is, and does nothing else. */
export async function sleeper(): Promise<void> {
  setHandler(wake, () => undefined);
  sleepers.awake();
  await sleep('90 days');
}

/** As many steps as a take-over has, of the same kinds, and nothing in them. */
export async function threeSteps(): Promise<void> {
  await here.nothing();
  await elsewhere.nothing();
  await here.nothing();
}
