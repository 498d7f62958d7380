import { createFieldCipher } from '../../platform/field-cipher.ts';
import type { Audit } from '../../store/audit.ts';
import { auditSealDigest } from '../../store/audit-chain.ts';
import { openTestStore, testRing } from './open-store.ts';

let close: () => Promise<void>;
let audit: Audit;
/** Seals what the audit can open. */
const cipher = createFieldCipher(testRing('f1'));

const minute = 60_000;
const t0 = Date.parse('2026-11-24T08:00:00.000Z');
/** Late enough for everything up to t0 + 10 minutes to have settled. */
const later = t0 + 20 * minute;

const viewed = (at: number, subject = 'n1_a', actor = 'desk') => ({
  at,
  actor,
  action: 'number.viewed',
  subject,
  details: { by: 'lookup' },
  correlator: 'c-1',
});

beforeAll(async () => {
  const opened = await openTestStore();
  close = opened.close;
  audit = opened.store.audit;
});
afterAll(() => close());

async function emptyAudit() {
  await audit.model.deleteMany({});
  await audit.seals.deleteMany({});
  return audit;
}

describe('audit', () => {
  describe('list', () => {
    it('records of several subjects, actors and times → what fits, newest first', async () => {
      const audit = await emptyAudit();
      await audit.append(viewed(t0));
      await audit.append(viewed(t0 + 1_000, 'n1_b'));
      await audit.append(viewed(t0 + 2_000, 'n1_a', 'auditor'));

      const all = await audit.list({ limit: 10 });
      expect(all.map(({ at }) => at)).toEqual([t0 + 2_000, t0 + 1_000, t0]);
      expect(all[2]).toEqual({ recordId: expect.any(String), ...viewed(t0) });
      const timesOf = async (query: Omit<Parameters<typeof audit.list>[0], 'limit'>) =>
        (await audit.list({ ...query, limit: 10 })).map(({ at }) => at - t0);
      expect(await timesOf({ subject: 'n1_a' })).toEqual([2_000, 0]);
      expect(await timesOf({ actor: 'auditor' })).toEqual([2_000]);
      expect(await timesOf({ from: t0 + 1_000 })).toEqual([2_000, 1_000]);
      expect(await timesOf({ from: t0, to: t0 + 2_000 })).toEqual([1_000, 0]);
    });

    it('a cursor → what comes after it, each record once', async () => {
      const audit = await emptyAudit();
      for (const second of [0, 0, 1, 2]) await audit.append(viewed(t0 + second * 1_000));
      const first = await audit.list({ limit: 3 });
      const second = await audit.list({ limit: 3, cursor: first[2]?.recordId });
      expect(new Set([...first, ...second].map(({ recordId }) => recordId)).size).toBe(4);
      expect(second.map(({ at }) => at)).toEqual([t0]);
    });
  });

  it('details → sealed at rest', async () => {
    const audit = await emptyAudit();
    await audit.append({ ...viewed(t0), details: { note: 'clear-text' } });
    const raw = JSON.stringify(await audit.model.find().lean());
    expect(raw).not.toContain('clear-text');
    expect((await audit.list({ limit: 1 }))[0]?.details).toEqual({ note: 'clear-text' });
  });

  describe('seal', () => {
    it('settled records → one seal that names them; a second call → nothing', async () => {
      const audit = await emptyAudit();
      await audit.append(viewed(t0));
      await audit.append(viewed(t0 + 1));
      expect(await audit.sealedThrough()).toBe('');
      const seal = await audit.seal({ now: later });
      expect(seal).toMatchObject({ sequence: 1 });
      expect(await audit.verify()).toMatchObject({ seals: 1, records: 2 });
      expect((await audit.sealedThrough()) > ((await audit.list({ limit: 1 }))[0]?.recordId ?? '')).toBe(
        true,
      );
      expect(await audit.seal({ now: later + minute })).toBeNull();
    });

    it('a record younger than what settles → waits for the next seal', async () => {
      const audit = await emptyAudit();
      await audit.append(viewed(t0));
      await audit.append(viewed(later - minute));
      expect(await audit.seal({ now: later })).toMatchObject({ sequence: 1 });
      expect(await audit.seal({ now: later + 10 * minute })).toMatchObject({ sequence: 2 });
      expect((await audit.verify()).faults).toEqual([]);
    });

    it('more records than one seal takes → several seals, and the last is told', async () => {
      const audit = await emptyAudit();
      const details = cipher.encrypt('{}', 'audit.details');
      const { at: _, ...rest } = viewed(t0);
      await audit.model.insertMany(
        Array.from({ length: 1_001 }, (_, index) => ({
          ...rest,
          _id: `${new Date(t0 + index).toISOString()}:x`,
          details,
        })),
      );
      expect(await audit.seal({ now: later })).toMatchObject({ sequence: 2 });
      expect(await audit.verify()).toMatchObject({ seals: 2, records: 1_001, faults: [] });
    });

    it('a clock that went back → nothing', async () => {
      const chain = await emptyAudit();
      await chain.append(viewed(t0));
      await chain.seal({ now: later });
      expect(await chain.seal({ now: later - 30 * minute })).toBeNull();
      expect((await chain.verify()).seals).toBe(1);
    });

    it('ten sealers at once → one chain', async () => {
      const audit = await emptyAudit();
      for (let index = 0; index < 5; index += 1) await audit.append(viewed(t0 + index));
      const sealed = await Promise.all(Array.from({ length: 10 }, () => audit.seal({ now: later })));
      expect(sealed.filter((seal) => seal !== null)).toHaveLength(1);
      expect(await audit.verify()).toMatchObject({ seals: 1, records: 5, faults: [] });
    });

    it('an hour of quiet → an empty seal, so that the quiet time is closed too', async () => {
      const audit = await emptyAudit();
      await audit.append(viewed(t0));
      await audit.seal({ now: later });
      expect(await audit.seal({ now: later + 59 * minute })).toBeNull();
      expect(await audit.seal({ now: later + 60 * minute })).toMatchObject({ sequence: 2 });
      await audit.append(viewed(later + 10 * minute));
      expect((await audit.verify()).faults).toMatchObject([{ kind: 'inserted', sequence: 2 }]);
    });
  });

  describe('verify', () => {
    /** Three records in two seals. */
    async function sealedAudit() {
      const audit = await emptyAudit();
      await audit.append(viewed(t0));
      await audit.append(viewed(t0 + minute));
      const first = await audit.seal({ now: later });
      await audit.append(viewed(later + minute));
      const second = await audit.seal({ now: later + 20 * minute });
      if (!first || !second) throw new Error('nothing was sealed');
      const [newest, middle, oldest] = await audit.list({ limit: 3 });
      if (!newest || !middle || !oldest) throw new Error('records are missing');
      return { audit, first, second, newest, middle, oldest };
    }

    it('nothing was touched → no faults, and the head to be noted', async () => {
      const { audit, second } = await sealedAudit();
      expect(await audit.verify({ sequence: second.sequence, digest: second.digest })).toEqual({
        seals: 2,
        records: 3,
        head: { sequence: 2, digest: second.digest },
        faults: [],
      });
    });

    it.each([['actor'], ['action'], ['subject'], ['correlator']])(
      'the %s of a sealed record was changed → that record',
      async (property) => {
        const { audit, middle } = await sealedAudit();
        await audit.model.updateOne({ _id: middle.recordId }, { $set: { [property]: 'somebody-else' } });
        const { faults } = await audit.verify();
        expect(faults).toEqual([{ kind: 'changed', sequence: 1, recordId: middle.recordId }]);
      },
    );

    it('the details of another record put in its place → that record', async () => {
      const { audit, newest } = await sealedAudit();
      const other = cipher.encrypt(JSON.stringify({ by: 'nobody' }), 'audit.details');
      await audit.model.updateOne({ _id: newest.recordId }, { $set: { details: other } });
      expect((await audit.verify()).faults).toEqual([
        { kind: 'changed', sequence: 2, recordId: newest.recordId },
      ]);
    });

    it('a sealed record was removed → that record', async () => {
      const { audit, oldest } = await sealedAudit();
      await audit.model.deleteOne({ _id: oldest.recordId });
      expect((await audit.verify()).faults).toEqual([
        { kind: 'removed', sequence: 1, recordId: oldest.recordId },
      ]);
    });

    it('a record was slipped into a sealed time → that record', async () => {
      const { audit } = await sealedAudit();
      await audit.append(viewed(t0 + 1_000, 'n1_slipped'));
      const [slipped] = await audit.list({ subject: 'n1_slipped', limit: 1 });
      expect((await audit.verify()).faults).toEqual([
        { kind: 'inserted', sequence: 1, recordId: slipped?.recordId },
      ]);
    });

    it('a seal was rewritten to fit a removed record → the seal and the one after it', async () => {
      const { audit, oldest, first } = await sealedAudit();
      await audit.model.deleteOne({ _id: oldest.recordId });
      const filter = { _id: String(first.sequence).padStart(12, '0') };
      const seal = await audit.seals.findOne(filter).lean();
      await audit.seals.updateOne(filter, { $set: { records: seal?.records.slice(1) } });
      expect((await audit.verify()).faults).toContainEqual({
        kind: 'seal-changed',
        sequence: 1,
        recordId: null,
      });
    });

    it('a seal was rewritten with a digest that fits it → the one after it no longer follows', async () => {
      const { audit: chain, oldest } = await sealedAudit();
      await chain.model.deleteOne({ _id: oldest.recordId });
      const filter = { _id: '000000000001' };
      const seal = await chain.seals.findOne(filter).lean();
      if (!seal) throw new Error('nothing was sealed');
      const { _id, ...rest } = seal;
      const forged = { ...rest, records: seal.records.slice(1) };
      const digest = auditSealDigest({ ...forged, sequence: Number(_id) });
      await chain.seals.updateOne(filter, { $set: { ...forged, digest } });
      expect((await chain.verify()).faults).toEqual([{ kind: 'seal-changed', sequence: 2, recordId: null }]);
    });

    it('a seal was removed → that seal', async () => {
      const { audit } = await sealedAudit();
      await audit.seals.deleteOne({ _id: '000000000001' });
      expect((await audit.verify()).faults).toContainEqual({
        kind: 'seal-missing',
        sequence: 1,
        recordId: null,
      });
    });

    it('the end of the chain was cut off with its records → found by the digest noted elsewhere', async () => {
      const { audit, second, newest } = await sealedAudit();
      await audit.seals.deleteOne({ _id: '000000000002' });
      await audit.model.deleteOne({ _id: newest.recordId });
      expect((await audit.verify()).faults).toEqual([]);
      expect((await audit.verify(second)).faults).toEqual([
        { kind: 'seal-missing', sequence: 2, recordId: null },
      ]);
    });
  });
});
