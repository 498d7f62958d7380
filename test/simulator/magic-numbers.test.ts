import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIdNumber } from '../../domain/id-number.ts';
import { parsePersonName } from '../../domain/person-name.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import { magicPrefixes, scenes } from '../../simulator/magic-numbers.ts';
import { startWorld, type World } from './provinces.ts';

const now = Date.parse('2026-11-24T01:02:03Z');
const people = scenes
  .flatMap(({ holder, formerHolder }) => [holder, formerHolder])
  .filter((one) => one != null);
const wherever = magicPrefixes.map(
  ({ province, system, prefix }) => [`${province}/${system}`, prefix] as const,
);

describe('the magic numbers', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ now: () => now });
  });
  afterAll(() => world.close());

  const ask = (path: string, more: object) => world.ask(path, more);

  it('all of them → numbers, names and ID numbers that Linekeeper takes', () => {
    const phones = magicPrefixes.flatMap(({ prefix }) => scenes.map(({ digits }) => `${prefix}${digits}`));
    expect(phones.filter((phone) => !parsePhoneNumber(phone).ok)).toEqual([]);
    expect(new Set(phones).size).toBe(phones.length);
    for (const { name, idNumber } of people) {
      expect(parsePersonName(name).ok).toBe(true);
      expect(parseIdNumber(idNumber, '2026-11-24')).toMatchObject({ ok: true });
    }
  });

  it('docs/simulator.md → has every scene, every beginning of numbers and every person', () => {
    const text = readFileSync(join(process.cwd(), 'docs', 'simulator.md'), 'utf8');
    for (const { digits, shows } of scenes) {
      expect(text).toContain(`| \`${digits}\` | ${shows}`);
    }
    for (const { prefix } of magicPrefixes) {
      expect(text).toContain(`\`${prefix}\``);
    }
    for (const { name, idNumber } of people) {
      expect(text).toContain(`| ${name} | \`${idNumber}\``);
    }
  });

  it.each(wherever)('%s → each scene stands as it is described', async (path, prefix) => {
    const status = async (digits: string) =>
      (await ask(`${path}/lines/query`, { phone: `${prefix}${digits}` })).body.status;
    const seen = Object.fromEntries(
      await Promise.all(
        ['01', '02', '03', '04', '05', '06', '07', '11', '12', '14'].map(async (digits) => [
          digits,
          await status(digits),
        ]),
      ),
    );
    expect(seen).toEqual({
      '01': 'in-use',
      '02': 'in-use',
      '03': 'in-use',
      '04': 'suspended',
      '05': 'frozen',
      '06': 'not-in-use',
      '07': 'in-use',
      '11': 'in-use',
      '12': 'in-use',
      '14': 'in-use',
    });
    expect(await ask(`${path}/lines/query`, { phone: `${prefix}13` })).toMatchObject({ status: 404 });
    expect(await ask(`${path}/lines/query`, { phone: `${prefix}09` })).toMatchObject({
      status: 503,
      body: { code: 'out_of_service' },
    });
    await expect(ask(`${path}/lines/query`, { phone: `${prefix}10` })).rejects.toThrow();
  });

  it('02 and 03 → joined today, and given out again 30 days ago', async () => {
    const joined = async (digits: string) =>
      (await ask('guangdong/mobile-5g/lines/query', { phone: `+86139000000${digits}` })).body.tenancy;
    expect(await joined('02')).toEqual({ joinedOn: '2026-11-24' });
    expect(await joined('03')).toEqual({ joinedOn: '2026-10-25' });
    const { body } = await world.control('GET', '/lines/+8613900000003');
    expect(body.line).toMatchObject({
      tenancies: [
        { customer: { name: '张伟' }, endedAt: '2026-07-27T01:02:03Z' },
        { customer: { name: '王芳' } },
      ],
    });
  });

  it('07 → ported in, with the later join date', async () => {
    const { body } = await ask('sichuan/mobile-5g/lines/query', { phone: '+8613800000007' });
    expect(body).toMatchObject({ portedIn: true, tenancy: { joinedAt: '2026-09-25T01:02:03Z' } });
  });

  it('11 → no answer says anything', async () => {
    const phone = '+8613600000011';
    const { holder } = scenes.find(({ digits }) => digits === '11') ?? {};
    expect((await ask('beijing/mobile-5g/lines/match', { phone, ...holder })).body).toEqual({ match: null });
    expect((await ask('sichuan/mobile-5g/lines/query', { phone: '+8613800000011' })).body.tenancy).toBeNull();
    expect((await ask('beijing/mobile-5g/lines/recycled-since', { phone, date: '2020-01-01' })).status).toBe(
      404,
    );
  });

  it('08 → still unanswered when another line has been', async () => {
    const slow = new AbortController();
    const late = world.ask(
      'sichuan/mobile-5g/lines/query',
      { phone: '+8613800000008' },
      { signal: slow.signal },
    );
    const first = await Promise.race([
      late.then(() => 'slow'),
      ask('sichuan/mobile-5g/lines/query', { phone: '+8613800000001' }).then(() => 'other'),
    ]);
    slow.abort();
    expect(first).toBe('other');
    await expect(late).rejects.toThrow();
  });

  it('14 → matches however its name is written', async () => {
    const match = async (name: string) =>
      (
        await ask('sichuan/mobile-4g/lines/match', {
          phone: '+8613300000014',
          name,
          idNumber: scenes.at(-1)?.holder?.idNumber,
        })
      ).body.match;
    expect(await match('阿力木江·买买提')).toBe(true);
    expect(await match('阿力木江•买买提')).toBe(true);
    expect(await match('阿力木江')).toBe(false);
  });

  it('written over by hand → an ordinary line', async () => {
    const phone = '+8615300000009';
    await world.control('PUT', `/lines/${phone}`, {
      province: 'guangdong',
      system: 'mobile-4g',
      joinedAt: '2020-01-01T00:00:00Z',
      identity: people[0],
    });
    expect((await ask('guangdong/mobile-4g/lines/query', { phone })).status).toBe(200);
  });
});
