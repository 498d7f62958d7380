import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { testRing } from '../store/open-store.ts';

const { History } = proto.temporal.api.history.v1;

/**
 * Workflows sleep for 90 days, so today's code must go on with yesterday's histories. Each file is a history as the
 * server kept it, in binary protobuf (`History.encode(await handle.fetchHistory())`), played by the household of these
 * tests. When a workflow changes, a new one is added beside them; none is ever replaced.
 */
const histories = [
  ['number-life-asleep', 'number:n1_iFGMFJf0MXEZ-SSykZnjORDqwgmllXeqbPzAOGf2f1A'],
  ['number-life-freeze-ended', 'number:n1_iFGMFJf0MXEZ-SSykZnjORDqwgmllXeqbPzAOGf2f1A'],
  ['number-life-same-person', 'number:n1_hT1B3qT8fBGSzLObsnsmSz6cZkws4rNePenOLp357i4'],
  ['carrier-events-two-numbers', 'carrier-events:sichuan:mobile-5g:c4459d78-00d6-47ed-9da0-eda2f00071bf'],
  ['registration-taken-over', 'registration:816cf648-d87e-823d-89c7-8dc7b80413b5'],
  ['registration-carrier-away-first', 'registration:1ffc8829-daf3-80e8-9171-8306fbfcf405'],
  ['registration-refused', 'registration:11d62395-7052-8e91-ae04-72929e1dbd96'],
  ['registration-identity-confirmed', 'registration:ddc13c98-b9bc-8526-b308-fc4d176b8049'],
  ['phone-changed', 'user:user-b75996a7'],
  ['phone-changed-carrier-away-first', 'user:user-b36cb5ae'],
  ['user-closed', 'user:user-fa79727d'],
  ['user-closing-refused', 'user:user-1fcbed7d'],
  ['mail-sent', 'mail:eBl__kVs0DGq2JM_TynH8w'],
] as const;

describe('replay of a recorded history', () => {
  it.each(histories)(
    '%s → goes on as it went then',
    async (file, workflowId) => {
      const history = History.decode(readFileSync(join(import.meta.dirname, 'histories', `${file}.bin`)));
      const options = {
        workflowBundle: await bundleWorkflows(),
        dataConverter: createDataConverter(testRing('p1')),
      };
      await expect(Worker.runReplayHistory(options, history, workflowId)).resolves.toBeUndefined();
    },
    60_000,
  );
});
