import { asNumberKey, asVerificationId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

const numberKey = asNumberKey('n1_phone');

/** Issues a code whose hash is `right`, good until 100. */
async function issued(id: string) {
  const verificationId = asVerificationId(id);
  const about = { verificationId, numberKey, purpose: 'register' } as const;
  await store.verifications.issue({ ...about, codeHash: 'right', issuedAt: 1, expiresAt: 100 });
  return (codeHash: string, facts: Partial<Parameters<typeof store.verifications.prove>[0]> = {}) =>
    store.verifications.prove({ ...about, codeHash, by: 'me', now: 50, ...facts });
}

describe('store of verifications', () => {
  it('the right code → proven, with the times', async () => {
    const prove = await issued('right');
    await expect(prove('right')).resolves.toEqual({ issuedAt: 1, provenAt: 50 });
  });

  it('the right code again by the same request → proven as before', async () => {
    const prove = await issued('again');
    await prove('right');
    await expect(prove('right', { now: 60 })).resolves.toEqual({ issuedAt: 1, provenAt: 50 });
  });

  it('the right code again by another request → not proven', async () => {
    const prove = await issued('used');
    await prove('right');
    await expect(prove('right', { by: 'another' })).resolves.toBeNull();
  });

  it.each([
    ['late', { now: 100 }],
    ['of another number', { numberKey: asNumberKey('n1_other') }],
    ['for another purpose', { purpose: 'login' as const }],
    ['of an unknown id', { verificationId: asVerificationId('nobody') }],
  ])('the right code %s → not proven', async (name, facts) => {
    const prove = await issued(`bad ${name}`);
    await expect(prove('right', facts)).resolves.toBeNull();
  });

  it('four wrong guesses, then the right code → proven', async () => {
    const prove = await issued('four');
    for (const guess of ['a', 'b', 'a', 'a']) await expect(prove(guess)).resolves.toBeNull();
    await expect(prove('right')).resolves.not.toBeNull();
  });

  it('five times the same wrong guess, then the right code → not proven', async () => {
    const prove = await issued('five');
    for (let time = 0; time < 5; time += 1) await expect(prove('wrong')).resolves.toBeNull();
    await expect(prove('right')).resolves.toBeNull();
  });

  it('50 callers with the right code at once → one proves it', async () => {
    const prove = await issued('crowd');
    const proofs = await Promise.all(
      Array.from({ length: 50 }, (_, caller) => prove('right', { by: `caller ${caller}` })),
    );
    expect(proofs.filter((proof) => proof !== null)).toHaveLength(1);
  });

  it('50 different guesses at once → no more than five are taken', async () => {
    const prove = await issued('guesses');
    await Promise.all(Array.from({ length: 50 }, (_, guess) => prove(`guess ${guess}`)));
    const doc = await store.verifications.model.findById('guesses').lean();
    expect(doc?.tries).toHaveLength(5);
  });
});
