import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import pLimit from 'p-limit';
import { rulesOf } from '../carriers/rules.ts';
import { asVerificationId, type RegistrationId } from '../domain/ids.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { createPasswords, defaultCost } from '../platform/passwords.ts';
import { connectTemporal } from '../platform/temporal/connection.ts';
import { register, registrationIdOf } from '../store/registration.ts';
import { registrationWorkflow, registrationWorkflowId } from '../workflows/registration/contract.ts';
import { mainTaskQueue } from '../workflows/task-queues.ts';
import { bareStepsQueue, startBareSteps } from './bare-steps.ts';
import { type Bed, openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { type CallRound, callFigures } from './called-server.ts';
import { home } from './carrier-calls.ts';
import { holdProvenNumbers } from './held-numbers.ts';
import { describeScenes, rowsOfScenes, sizesOf } from './scenes.ts';
import { seededBy } from './seeded.ts';
import { openSimulatedLines, type SimulatedLines } from './simulated-lines.ts';
import { password } from './site.ts';
import { table } from './table.ts';

const scenes = [
  { callers: 1, calls: 30 },
  { callers: 20, calls: 100 },
];
const writesAtOnce = 20;
/** After the claims of `holdProvenNumbers` were made: each number was given out again since. */
const rejoinedAt = '2025-03-01T00:00:00Z';

/** What a workflow's history holds. */
interface Steps {
  readonly local: number;
  readonly remote: number;
  readonly events: number;
}

/** A take-over: what it costs beyond a workflow whose as many steps do nothing. */
export const takeOverBench: Bench = {
  name: 'take-over',
  title: 'Taking a recycled number over',
  async run({ seed, quick, say }) {
    const rounds = quick ? 2 : 5;
    const sizes = sizesOf(scenes, quick);
    const bed = await openBed(say);
    try {
      const { address, stop } = await startFloor(bed);
      const temporal = await connectTemporal(
        { address, namespace: 'default', tls: false },
        { payloads: bed.keys.payloads },
      );
      const lines = openSimulatedLines(bed);
      const seeded = seededBy(seed);
      const prepare = await applicants(bed, lines);
      const inputOf = (registrationId: RegistrationId) => ({
        workflowId: registrationWorkflowId(registrationId),
        taskQueue: mainTaskQueue,
        args: [{ registrationId, correlator: 'bench' }],
      });
      const takeOver = async (registrationId: RegistrationId) => {
        const outcome: unknown = await temporal.client.workflow.execute(
          registrationWorkflow,
          inputOf(registrationId),
        );
        const released = outcome instanceof Object && 'formerHolderReleased' in outcome;
        if (!released || !outcome.formerHolderReleased) throw new Error('A number was not taken over');
      };
      const workflowId = randomUUID();
      const bareInput = () => ({ workflowId: randomUUID(), taskQueue: bareStepsQueue });
      const { perSecond, median, p99 } = callFigures;
      const rows = await rowsOfScenes({
        scenes: sizes,
        rounds,
        figures: [perSecond, median, p99],
        sides: [
          async ({ callers, calls }) => timed(callers, await prepare(seeded.phones(calls)), takeOver),
          ({ callers, calls }) =>
            timed(callers, Array.from({ length: calls }), () =>
              bed.bare.workflow.execute('threeSteps', bareInput()),
            ),
        ],
        say,
      });
      const [sample] = await prepare(seeded.phones(1));
      if (sample === undefined) throw new Error('Nobody applied');
      await takeOver(sample);
      await bed.bare.workflow.execute('threeSteps', { ...bareInput(), workflowId });
      const ours = await stepsOf(temporal.client.workflow.getHandle(inputOf(sample).workflowId));
      const floor = await stepsOf(bed.bare.workflow.getHandle(workflowId));
      await temporal.close();
      await stop();
      const asMany = ours.local === floor.local && ours.remote === floor.remote;
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up: ${describeScenes(sizes)}. Each is a number that a user holds and that its carrier gave out again since. The clock runs from the start of the workflow to its result, both at the bench; the request and its pending user are in the store before.`,
          `A take-over has ${ours.local} local steps, ${ours.remote} on the carrier's queue and ${ours.events} history events; in it are the simulated carrier's answer, all writes, and encrypted payloads. The bare workflow has ${floor.local} and ${floor.remote} that do nothing, and ${floor.events} events; it runs in the bench's own process.`,
          '',
          table(['', 'Linekeeper', 'bare workflow', 'Linekeeper : bare'], rows),
        ].join('\n'),
        broken: asMany ? [] : ['the bare workflow has other steps than a take-over'],
      };
    } finally {
      await bed.close();
    }
  },
};

async function startFloor({ stack }: Bed): Promise<{ address: string; stop: () => Promise<void> }> {
  const address = stack.endpoints.temporal;
  return { address, stop: await startBareSteps(address) };
}

/** Makes numbers that were given out again, and requests of their new holders, each up to where a workflow is needed. */
async function applicants(
  bed: Bed,
  lines: SimulatedLines,
): Promise<(phones: readonly PhoneNumber[]) => Promise<RegistrationId[]>> {
  const { store, hasher, registry } = bed;
  // It takes no part in what is measured: one serves all.
  const passwordHash = await createPasswords(defaultCost).hash(password);
  const tools = {
    store,
    rulesOf: (number: Parameters<typeof rulesOf>[1]) => rulesOf(registry, number),
    now: Date.now,
    hashPassword: async () => passwordHash,
  };
  const limit = pLimit(writesAtOnce);
  return async (phones) => {
    await holdProvenNumbers(bed, phones);
    await lines.join(phones, rejoinedAt);
    return limit.map(phones, async (phone) => {
      const at = Date.now();
      const registrationId = registrationIdOf(asVerificationId(randomUUID()));
      const came = await register(tools, {
        registrationId,
        phone,
        numberKey: hasher.numberKeyOf(phone),
        home,
        proof: { issuedAt: at, provenAt: at },
        password,
        nickname: null,
        email: null,
        identity: null,
        correlator: 'bench',
      });
      if (came.kind !== 'asks-for-verdict') throw new Error(`A verdict was due, and it was ${came.kind}`);
      return registrationId;
    });
  };
}

/** Does something with each, so many at once. */
async function timed<Each>(
  atOnce: number,
  all: readonly Each[],
  work: (each: Each) => Promise<void>,
): Promise<CallRound> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  await pLimit(atOnce).map(all, async (each) => {
    const callAt = performance.now();
    await work(each);
    latencies.push(performance.now() - callAt);
  });
  // Whose processor time it is can't be told: the bare worker shares the bench's process.
  return { perSecond: (all.length * 1_000) / (performance.now() - startedAt), latencies, cpuMs: Number.NaN };
}

async function stepsOf(handle: WorkflowHandle): Promise<Steps> {
  const { events = [] } = await handle.fetchHistory();
  const all = events ?? [];
  return {
    local: all.filter(
      ({ markerRecordedEventAttributes: marker }) => marker?.markerName === 'core_local_activity',
    ).length,
    remote: all.filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled).length,
    events: all.length,
  };
}
