import { z } from 'zod';
import { listedNumberSchema } from '../../api/schemas/number.ts';
import type { NumberKey } from '../../domain/ids.ts';
import { openApi, type TestApi } from './api.ts';
import { claim, day, event, writeHistory } from './histories.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
const now = Date.now();
const pageSchema = z.strictObject({ items: z.array(listedNumberSchema), nextCursor: z.string().nullable() });

/** Five frozen in Sichuan and one in Guangdong, thawing one day after the other; one thawed, one in use, one unheard of. */
const frozen: NumberKey[] = [];

beforeAll(async () => {
  api = await openApi();
  token = await api.token({ scope: 'numbers:read' });
  for (const index of [1, 2, 3, 4, 5]) {
    const history = [event('number.cancelled', now - (80 - 2 * index) * day)];
    frozen.push(await writeHistory(api.store, `+861380013800${index}`, history));
  }
  await writeHistory(api.store, '+8613900139001', [event('number.cancelled', now - day)], 'guangdong');
  await writeHistory(api.store, '+8613800138006', [event('number.cancelled', now - 100 * day)]);
  await writeHistory(api.store, '+8613800138007', [event('number.reissued', now - day)]);
  await writeHistory(api.store, '+8613800138008', []);
});
afterAll(() => api.close());

const list = async (query: Record<string, string>) => {
  const { body } = await api.call(`/v1/numbers?${new URLSearchParams(query)}`, { token });
  return pageSchema.parse(body);
};
const phonesOf = async (query: Record<string, string>) =>
  (await list(query)).items.map(({ phone }) => phone.slice(-4));

describe('the list of numbers', () => {
  it('by state and province → those, in the order of their thaw', async () => {
    expect(await phonesOf({ state: 'frozen', province: 'sichuan' })).toEqual([
      '8001',
      '8002',
      '8003',
      '8004',
      '8005',
    ]);
    expect(await phonesOf({ state: 'frozen' })).toEqual(['8001', '8002', '8003', '8004', '8005', '9001']);
    expect(await phonesOf({ state: 'reassignable' })).toEqual(['8006']);
    expect(await phonesOf({ state: 'in-use' })).toEqual(['8007']);
    expect(await phonesOf({ state: 'suspended' })).toEqual([]);
    expect(await phonesOf({ state: 'unknown' })).toEqual(['8008']);
    expect(await phonesOf({ province: 'guangdong' })).toEqual(['9001']);
    expect(await phonesOf({ province: 'atlantis' })).toEqual([]);
  });

  it('by the end of the freeze → those that thaw before it', async () => {
    const { items } = await list({ state: 'frozen' });
    const third = items[2]?.freezeEndsAt ?? '';
    expect(await phonesOf({ state: 'frozen', freezeEndsBefore: third })).toEqual(['8001', '8002']);
  });

  it('without filters → all', async () => {
    expect(new Set(await phonesOf({}))).toEqual(
      new Set(['8001', '8002', '8003', '8004', '8005', '8006', '8007', '8008', '9001']),
    );
  });

  it.each<[string, Record<string, string>]>([
    ['with a state', { state: 'frozen' }],
    ['without a state', {}],
  ])('page by page, %s → every number once, in one order', async (_, filters) => {
    const whole = await phonesOf(filters);
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const page: z.infer<typeof pageSchema> = await list({
        ...filters,
        limit: '2',
        ...(cursor ? { cursor } : {}),
      });
      expect(page.items.length).toBeLessThanOrEqual(2);
      pages.push(...page.items.map(({ phone }) => phone.slice(-4)));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(pages).toEqual(whole);
  });

  it('its last page, just full → no further cursor', async () => {
    expect((await list({ state: 'frozen', limit: '6' })).nextCursor).toBeNull();
  });

  it('a cursor with other filters → cursor_invalid', async () => {
    const { nextCursor } = await list({ state: 'frozen', limit: '2' });
    const query = new URLSearchParams({ state: 'in-use', cursor: nextCursor ?? '' });
    expectProblem(await api.call(`/v1/numbers?${query}`, { token }), 'cursor_invalid');
  });

  it('a cursor → holds no phone number', async () => {
    const { nextCursor } = await list({ limit: '1' });
    expect(Buffer.from(nextCursor ?? '', 'base64url').toString()).not.toMatch(/1380|phone/);
  });

  it('a number that somebody claims → with the claim', async () => {
    const [numberKey] = frozen;
    if (!numberKey) throw new Error('nothing is frozen');
    await api.store.claims.claim(numberKey, claim(now - 300 * day, 'suspended'));
    const { items } = await list({ state: 'frozen', limit: '2' });
    expect(items.map((item) => item.claim?.claimId ?? null)).toEqual(['c-1', null]);
  });
});
