import fc from 'fast-check';
import type { Fen } from '../../domain/money.ts';
import { decideRecovery, type RecoverySituation } from '../../domain/recovery-rules.ts';

const fen = (value: number) => value as Fen;
const releasedAt = Date.UTC(2026, 10, 1);

const target = {
  open: true,
  released: { at: releasedAt, cause: 'reissued' },
  verifiedAt: releasedAt - 1,
  balances: [fen(1_000), fen(0)],
} as const;
const facts = { phoneProven: true, idNumber: 'agrees', name: 'agrees', bankCard: 'agrees' } as const;
const policy = { approveAlone: true, bankCardRequired: false, twoPeopleFrom: fen(100_000) };
const good: RecoverySituation = { target, facts, policy };

describe('decideRecovery', () => {
  it('everything agrees and policy allows → approved', () => {
    expect(decideRecovery(good)).toEqual({ kind: 'approve' });
  });

  it('no bank card given, and none required → approved', () => {
    expect(decideRecovery({ ...good, facts: { ...facts, bankCard: 'not-given' } })).toEqual({
      kind: 'approve',
    });
  });

  it.each<[string, RecoverySituation]>([
    ['no-such-user', { ...good, target: null }],
    ['user-closed', { ...good, target: { ...target, open: false } }],
    [
      'not-passively-released',
      { ...good, target: { ...target, released: { at: releasedAt, cause: 'left' } } },
    ],
    ['identity-not-verified-before', { ...good, target: { ...target, verifiedAt: null } }],
    ['identity-not-verified-before', { ...good, target: { ...target, verifiedAt: releasedAt } }],
    ['phone-not-proven', { ...good, facts: { ...facts, phoneProven: false } }],
    ['id-number-differs', { ...good, facts: { ...facts, idNumber: 'differs' } }],
    ['id-number-differs', { ...good, facts: { ...facts, idNumber: 'not-given' } }],
    ['name-differs', { ...good, facts: { ...facts, name: 'differs' } }],
    ['bank-card-differs', { ...good, facts: { ...facts, bankCard: 'differs' } }],
    [
      'bank-card-missing',
      { ...good, facts: { ...facts, bankCard: 'not-given' }, policy: { ...policy, bankCardRequired: true } },
    ],
    ['policy', { ...good, policy: { ...policy, approveAlone: false } }],
  ])('%s → a case for one person that names it', (doubt, situation) => {
    expect(decideRecovery(situation)).toEqual({ kind: 'open-case', people: 1, doubts: [doubt] });
  });

  it('a user who has a phone still → a case', () => {
    const decision = decideRecovery({ ...good, target: { ...target, released: null } });
    expect(decision).toMatchObject({
      kind: 'open-case',
      doubts: ['not-passively-released', 'identity-not-verified-before'],
    });
  });

  it.each([
    ['just below the bound', [fen(60_000), fen(39_999)], { kind: 'approve' }],
    [
      'at the bound over all accounts',
      [fen(60_000), fen(40_000)],
      { kind: 'open-case', people: 2, doubts: ['large-balance'] },
    ],
  ])('a balance %s → people by the sum', (_, balances, decision) => {
    expect(decideRecovery({ ...good, target: { ...target, balances } })).toEqual(decision);
  });

  it('several doubts and much money → two people, all doubts named', () => {
    const decision = decideRecovery({
      ...good,
      target: { ...target, balances: [fen(100_000)] },
      facts: { ...facts, name: 'differs' },
    });
    expect(decision).toEqual({ kind: 'open-case', people: 2, doubts: ['name-differs', 'large-balance'] });
  });

  it('whatever is given → approved only where each fact agrees with an identity verified before the release', () => {
    const check = fc.constantFrom('agrees' as const, 'differs' as const, 'not-given' as const);
    fc.assert(
      fc.property(
        fc.record({ phoneProven: fc.boolean(), idNumber: check, name: check, bankCard: check }),
        fc.option(fc.integer({ min: releasedAt - 5, max: releasedAt + 5 })),
        (given, verifiedAt) => {
          const decision = decideRecovery({ ...good, target: { ...target, verifiedAt }, facts: given });
          const agree = given.phoneProven && given.idNumber === 'agrees' && given.name === 'agrees';
          const before = verifiedAt !== null && verifiedAt < releasedAt;
          expect(decision.kind === 'approve').toBe(agree && given.bankCard !== 'differs' && before);
        },
      ),
    );
  });
});
