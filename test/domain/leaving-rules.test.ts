import { decideLeaving } from '../../domain/leaving-rules.ts';
import type { Fen } from '../../domain/money.ts';

const fen = (value: number) => value as Fen;
const situation = { activeServices: 0, bound: true, hasPhone: true, balances: [fen(0), fen(0)] };

describe('decideLeaving', () => {
  it.each(['unbind', 'change-phone', 'close'] as const)(
    '%s with a tied service → services_active',
    (wants) => {
      expect(decideLeaving({ ...situation, wants, activeServices: 1 })).toEqual({
        kind: 'refuse',
        code: 'services_active',
      });
    },
  );

  it('close with money on any account → balance_not_zero', () => {
    const balances = [fen(0), fen(1)];
    expect(decideLeaving({ ...situation, wants: 'close', balances })).toEqual({
      kind: 'refuse',
      code: 'balance_not_zero',
    });
  });

  it('close with money and a tied service → the service comes first', () => {
    const decision = decideLeaving({ ...situation, wants: 'close', activeServices: 1, balances: [fen(1)] });
    expect(decision).toMatchObject({ code: 'services_active' });
  });

  it.each([
    ['unbind', true, true, ['dissolve-binding']],
    ['unbind', false, true, []],
    ['change-phone', true, true, ['dissolve-binding', 'release-claim', 'claim-new-phone']],
    ['change-phone', false, true, ['release-claim', 'claim-new-phone']],
    ['change-phone', false, false, ['claim-new-phone']],
    ['close', true, true, ['dissolve-binding', 'release-claim', 'close-user']],
    ['close', false, false, ['close-user']],
  ] as const)(
    '%s (bound: %s, with a phone: %s) → these steps in this order',
    (wants, bound, hasPhone, steps) => {
      expect(decideLeaving({ ...situation, wants, bound, hasPhone })).toEqual({ kind: 'leave', steps });
    },
  );

  it.each(['unbind', 'change-phone'] as const)("%s with money → doesn't touch it", (wants) => {
    expect(decideLeaving({ ...situation, wants, balances: [fen(500)] })).toMatchObject({ kind: 'leave' });
  });
});
