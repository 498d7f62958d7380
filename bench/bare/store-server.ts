import { randomUUID } from 'node:crypto';
import express from 'express';
import { z } from 'zod';
import { createPasswords, defaultCost } from '../../platform/passwords.ts';
import { connectStore } from '../../store/connection.ts';
import { bareApp } from './bare-app.ts';

const registration = z.object({ phone: z.string(), password: z.string() });
const lookUp = z.object({ id: z.string() });

/**
 * The floor under whatever only needs the store: Express, `JSON.parse`, the same connection to the same store. A
 * registration is the same password hash and two writes, a gate one look-up by `_id`. Nobody is asked for a token,
 * nothing is encrypted, logged or measured.
 */
async function main(): Promise<void> {
  const { BENCH_PORT, BENCH_STORE_URL } = process.env;
  if (!BENCH_PORT || !BENCH_STORE_URL) throw new Error('Not started by a bench');
  const connection = await connectStore({ url: BENCH_STORE_URL });
  const users = connection.collection<{ _id: string; passwordHash: string }>('bareUsers');
  const phones = connection.collection<{ _id: string; userId: string }>('barePhones');
  const claims = connection.collection<{ _id: string }>('claims');
  const passwords = createPasswords(defaultCost);
  const app = bareApp();
  app.post('/registrations', express.json(), async (request, response) => {
    const { phone, password } = registration.parse(request.body);
    const userId = randomUUID();
    await users.insertOne({ _id: userId, passwordHash: await passwords.hash(password) });
    await phones.insertOne({ _id: phone, userId });
    response.status(201).json({ userId });
  });
  app.post('/gates', express.json(), async (request, response) => {
    const { id } = lookUp.parse(request.body);
    const claim = await claims.findOne({ _id: id });
    response.status(claim ? 201 : 404).json({ id });
  });
  app.listen(Number(BENCH_PORT), '127.0.0.1');
}

await main();
