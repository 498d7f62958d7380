import { Client, Connection } from '@temporalio/client';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import { bareApp } from './bare-app.ts';

/**
 * The floor under an acknowledgement: Express, the signature, `JSON.parse`, and one start of a workflow with what came,
 * as it came. Nothing is checked, encrypted, logged or measured. A process of its own, like the API.
 */
async function main(): Promise<void> {
  const { BENCH_PORT, BENCH_TEMPORAL_ADDRESS, BENCH_WEBHOOK_SECRET } = process.env;
  if (!BENCH_PORT || !BENCH_TEMPORAL_ADDRESS || !BENCH_WEBHOOK_SECRET)
    throw new Error('Not started by a bench');
  const webhook = new Webhook(BENCH_WEBHOOK_SECRET);
  const client = new Client({ connection: await Connection.connect({ address: BENCH_TEMPORAL_ADDRESS }) });
  const app = bareApp();
  app.post('/events', express.raw({ type: () => true, limit: '2mb' }), async (request, response) => {
    const {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    } = request.headers;
    const headers = {
      'webhook-id': String(id),
      'webhook-timestamp': String(timestamp),
      'webhook-signature': String(signature),
    };
    webhook.verify(request.body, headers, { jsonParse: false });
    const events: unknown = JSON.parse(request.body);
    await client.workflow.start('takeIn', { workflowId: `bare:${id}`, taskQueue: 'bare', args: [events] });
    response.status(202).json({ accepted: Array.isArray(events) ? events.length : 1 });
  });
  app.listen(Number(BENCH_PORT), '127.0.0.1');
}

await main();
