import fc from 'fast-check';
import { readLine } from '../../activities/import/line.ts';

const receivedAt = Date.parse('2026-11-24T08:00:00Z');
const registeredAt = '2024-05-01T08:00:00+08:00';
const hash =
  '$argon2id$v=19$m=19456,t=2,p=1$3UnXHpN1mrVF8mp+xb+ePg$R6mBoYTsFb+OoTk6r2D2B5MQ+hiC+TSfFLE68JJsDbs';
const identity = { name: '张三', idNumber: '11010519491231002X' };
const whole = {
  phone: '+8613800138000',
  nickname: 'Ａlice',
  email: 'Alice@Example.com',
  emailVerified: true,
  password: 'correct horse',
  identity: { ...identity, verified: true },
  registeredAt,
  phoneClaimedAt: '2025-01-01T00:00:00Z',
  accounts: [{ kind: 'balance', amount: 100 }],
};
const read = (value: unknown) => readLine(JSON.stringify(value), receivedAt);
const codeOf = (text: string) => {
  const parsed = readLine(text, receivedAt);
  return parsed.ok ? 'ok' : parsed.code;
};

describe('readLine', () => {
  it('everything given → all of it, in its plain form', () => {
    expect(read(whole)).toEqual({
      ok: true,
      value: {
        phone: '+8613800138000',
        claimedAt: Date.parse('2025-01-01T00:00:00Z'),
        registeredAt: Date.parse('2024-05-01T00:00:00Z'),
        nickname: 'Alice',
        email: { address: 'Alice@example.com', verified: true },
        password: { plain: 'correct horse' },
        identity: { ...identity, verified: true },
        accounts: [{ kind: 'balance', amount: 100 }],
      },
    });
  });

  it('only a phone → claimed when it was registered, nothing else', () => {
    expect(read({ phone: whole.phone, registeredAt })).toEqual({
      ok: true,
      value: {
        phone: whole.phone,
        claimedAt: Date.parse(registeredAt),
        registeredAt: Date.parse(registeredAt),
        nickname: null,
        email: null,
        password: null,
        identity: null,
        accounts: [],
      },
    });
  });

  it('claimed before it was registered → taken as it is: exports come in any order', () => {
    expect(read({ ...whole, phoneClaimedAt: '2020-01-01T00:00:00Z' })).toMatchObject({ ok: true });
  });

  it.each([
    ['no JSON', '{"phone":', 'line_malformed'],
    ['a list', '[1]', 'line_malformed'],
    ['a text', '"x"', 'line_malformed'],
    ['null', 'null', 'line_malformed'],
    ['sixty thousand open brackets', '['.repeat(60_000), 'line_malformed'],
    [
      'a property of the prototype',
      '{"phone":"+8613800138000","registeredAt":"2024-05-01T00:00:00Z","__proto__":{}}',
      'line_invalid',
    ],
  ])('%s → refused', (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it.each([
    ['line_invalid', '/registeredAt', { ...whole, registeredAt: undefined }],
    ['line_invalid', '/registeredAt', { ...whole, registeredAt: '2024-05-01' }],
    ['line_invalid', '/registeredAt', { ...whole, registeredAt: '2024-02-30T00:00:00Z' }],
    ['line_invalid', '/phone', { ...whole, phone: null }],
    ['line_invalid', '/identity', { ...whole, identity: { ...identity, sex: 'f' } }],
    ['line_invalid', '/identity/idNumber', { ...whole, identity: { name: '张三' } }],
    ['line_invalid', '/accounts/0/amount', { ...whole, accounts: [{ kind: 'balance', amount: 0.5 }] }],
    ['line_invalid', '/accounts/0/amount', { ...whole, accounts: [{ kind: 'points', amount: -1 }] }],
    ['line_invalid', '/accounts/0/kind', { ...whole, accounts: [{ kind: 'gold', amount: 1 }] }],
    [
      'line_invalid',
      '/accounts/1/kind',
      { ...whole, accounts: [1, 2].map((amount) => ({ kind: 'points', amount })) },
    ],
    ['line_invalid', '/passwordHash', { ...whole, passwordHash: hash }],
    ['line_invalid', '/emailVerified', { ...whole, email: undefined }],
    ['line_invalid', '/phoneClaimedAt', { ...whole, phone: undefined }],
    ['line_invalid', '/password', { ...whole, password: '' }],
    ['registered_in_future', '/registeredAt', { ...whole, registeredAt: '2026-11-24T08:05:01Z' }],
    ['claimed_in_future', '/phoneClaimedAt', { ...whole, phoneClaimedAt: '2027-01-01T00:00:00Z' }],
    ['phone_invalid', '/phone', { ...whole, phone: '13800138000' }],
    ['phone_invalid', '/phone', { ...whole, phone: '+12025550123' }],
    ['nickname_invalid', '/nickname', { ...whole, nickname: '13800138000' }],
    ['email_invalid', '/email', { ...whole, email: 'alice@localhost' }],
    ['name_invalid', '/identity/name', { ...whole, identity: { ...identity, name: '7' } }],
    [
      'id_number_invalid',
      '/identity/idNumber',
      { ...whole, identity: { ...identity, idNumber: '110105194912310021' } },
    ],
    [
      'id_number_15_digits',
      '/identity/idNumber',
      { ...whole, identity: { ...identity, idNumber: '110105491231002' } },
    ],
    [
      'password_hash_unsupported',
      '/passwordHash',
      { ...whole, password: undefined, passwordHash: '$2b$10$abcdefghijklmnopqrstuv' },
    ],
  ])('%s → refused, at %s', (code, pointer, value) => {
    const parsed = read(value);
    expect(parsed).toMatchObject({ ok: false, code });
    expect(parsed.ok ? '' : parsed.detail).toMatch(new RegExp(`^${pointer}: `));
  });

  it.each([
    ['nothing', {}],
    ['an e-mail that nobody verified', { email: 'alice@example.com' }],
    ['a password without anything to log in by', { password: 'correct horse' }],
  ])('%s → no_login', (_, value) => {
    expect(read({ registeredAt, ...value })).toMatchObject({ ok: false, code: 'no_login' });
  });

  it('several faults of form → told together', () => {
    const parsed = read({ phone: 1, nickname: 2, registeredAt });
    expect(parsed.ok ? '' : parsed.detail).toMatch(/^\/phone: .*; \/nickname: /);
  });

  it('whatever stands where → the refusal never repeats it', () => {
    const secret = fc.stringMatching(/^[a-z]{3}Qx7[0-9]{5}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom(...Object.keys(whole)), fc.nat(3), (text, property, way) => {
        const values = [text, { [text]: text }, [text], Number(text.slice(-5)) * 1.5];
        const changed = way === 3 ? { ...whole, [text]: 1 } : { ...whole, [property]: values[way] };
        for (const line of [JSON.stringify(changed), JSON.stringify(changed).slice(0, -1)]) {
          const parsed = readLine(line, receivedAt);
          if (!parsed.ok) {
            expect(parsed.detail).not.toContain('Qx7');
            expect(parsed.detail).not.toContain(text.slice(-5));
          }
        }
      }),
    );
  });

  it('any text → an answer, never an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(typeof codeOf(text)).toBe('string');
      }),
    );
  });
});
