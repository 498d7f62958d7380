import { randomUUID } from 'node:crypto';
import express from 'express';
import { z } from 'zod';
import { createCarriers } from '../../carriers/carriers.ts';
import { observeBy } from '../../carriers/observe.ts';
import { loadRegistry } from '../../carriers/registry.ts';
import type { NumberKey } from '../../domain/ids.ts';
import { createFieldCipher } from '../../platform/field-cipher.ts';
import { createNumberHasher } from '../../platform/hashing.ts';
import { loadKeys } from '../../platform/keys.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { connectStore } from '../../store/connection.ts';
import { createStore } from '../../store/store.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { bareApp } from './bare-app.ts';

const gate = z.object({ id: z.string().transform((id) => id as NumberKey) });

/** The gate alone behind a bare handler: no token, no code, no session; the verdict and its evidence are real. */
async function main(): Promise<void> {
  const { BENCH_PORT, BENCH_STORE_URL, BENCH_KEYS_FILE, BENCH_REGISTRY_FILE } = process.env;
  if (!BENCH_PORT || !BENCH_STORE_URL || !BENCH_KEYS_FILE || !BENCH_REGISTRY_FILE) {
    throw new Error('Not started by a bench');
  }
  const keys = loadKeys(BENCH_KEYS_FILE);
  const registry = loadRegistry({ file: BENCH_REGISTRY_FILE, env: process.env, freeze: undefined });
  const metrics = createMetrics('bench');
  const verdicts = createVerdicts({
    store: createStore({
      connection: await connectStore({ url: BENCH_STORE_URL }),
      cipher: createFieldCipher(keys.fields),
      hasher: createNumberHasher(keys.numbers),
    }),
    registry,
    carriers: createCarriers({ registry, observe: observeBy(metrics) }),
    metrics,
    // Nothing is released on a known tenancy.
    wakeNumber: () => Promise.reject(new Error('A gate of the bench woke a number')),
    now: Date.now,
  });
  const app = bareApp();
  app.post('/gates', express.json(), async (request, response) => {
    const { id: numberKey } = gate.parse(request.body);
    const passed = await verdicts.passByCode({
      numberKey,
      purpose: 'login',
      at: Date.now(),
      correlator: randomUUID(),
    });
    response.status(passed.kind === 'allow' ? 201 : 403).json({ kind: passed.kind });
  });
  app.listen(Number(BENCH_PORT), '127.0.0.1');
}

await main();
