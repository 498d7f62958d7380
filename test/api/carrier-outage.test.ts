import { randomUUID } from 'node:crypto';
import { openApi } from './api.ts';
import { cancellation } from './events.ts';
import { expectProblem } from './problems.ts';

describe('a signed call', () => {
  it('while the store is away → acknowledged, for it is durable without', async () => {
    const api = await openApi({ temporal: true });
    try {
      await api.store.close();
      expect((await api.report({ body: cancellation() })).status).toBe(202);
    } finally {
      await api.reopenStore();
      await api.close();
    }
  });

  it('while the workflow server is away → temporarily_unavailable with Retry-After; taken when it is made again', async () => {
    const api = await openApi({ temporal: true });
    try {
      const signed = { webhookId: randomUUID(), body: cancellation() };
      const server = api.temporal?.server;
      process.kill(server?.pid ?? 0, 'SIGSTOP');
      const answered = await api.report(signed);
      process.kill(server?.pid ?? 0, 'SIGCONT');
      expectProblem(answered, 'temporarily_unavailable');
      expect(answered.headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await api.report(signed)).body).toEqual({ accepted: 1 });
    } finally {
      await api.close();
    }
  });
});
