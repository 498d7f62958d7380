import {
  type BindingDecision,
  decideBinding,
  type IdentityMatch,
  type RealName,
} from '../../domain/binding-rules.ts';

const refused = (code: string) => ({ kind: 'refuse', code });

describe('decideBinding, started by the carrier', () => {
  it.each<[RealName | null, IdentityMatch, boolean, unknown]>([
    [null, null, false, { kind: 'create-and-bind' }],
    ['verified', 'match', false, { kind: 'bind' }],
    ['verified', 'no-match', false, { kind: 'replace-and-bind' }],
    ['verified', null, false, { kind: 'ask-match' }],
    ['verified', 'match', true, { kind: 'bind' }],
    ['declared', 'match', false, { kind: 'bind' }],
    ['declared', 'no-match', false, refused('user_not_real_name')],
    ['declared', null, false, { kind: 'ask-match' }],
    ['declared', 'no-match', true, { kind: 'replace-and-bind' }],
    ['declared', null, true, { kind: 'ask-match' }],
    ['none', null, false, refused('user_not_real_name')],
    ['none', null, true, { kind: 'replace-and-bind' }],
  ])(
    'user of identity %s, match %s, replaceUnverified %s → %j',
    (realName, match, replaceUnverified, decision) => {
      const user = realName === null ? null : { realName };
      expect(decideBinding({ startedBy: 'carrier', user, match, replaceUnverified })).toEqual(decision);
    },
  );
});

describe('decideBinding, started by the payment side', () => {
  it.each<[RealName, IdentityMatch, unknown]>([
    ['verified', 'match', { kind: 'bind' }],
    ['verified', 'no-match', refused('identity_mismatch')],
    ['verified', null, { kind: 'ask-match' }],
    ['declared', 'match', { kind: 'bind' }],
    ['declared', 'no-match', refused('identity_mismatch')],
    ['declared', null, { kind: 'ask-match' }],
    ['none', null, refused('not_real_name')],
  ])('user of identity %s, match %s → %j', (realName, match, decision) => {
    const user = { realName, hasActiveClaim: true };
    expect(decideBinding({ startedBy: 'payment', user, match })).toEqual(decision);
  });

  it('a user without an active claim → no_login_phone', () => {
    const user = { realName: 'verified', hasActiveClaim: false } as const;
    expect(decideBinding({ startedBy: 'payment', user, match: 'match' })).toEqual(refused('no_login_phone'));
  });
});

describe('decideBinding, whoever started it', () => {
  const everything = (['none', 'declared', 'verified'] as const).flatMap((realName) =>
    ([null, 'match', 'no-match'] as const).flatMap((match): [string, IdentityMatch, BindingDecision][] => [
      [
        `payment, ${realName}`,
        match,
        decideBinding({ startedBy: 'payment', user: { realName, hasActiveClaim: true }, match }),
      ],
      ...[true, false].map((replaceUnverified): [string, IdentityMatch, BindingDecision] => [
        `carrier, ${realName}`,
        match,
        decideBinding({ startedBy: 'carrier', user: { realName }, match, replaceUnverified }),
      ]),
    ]),
  );

  it.each(everything)(
    'I4: %s, match %s → an existing user is bound only on a match',
    (_, match, decision) => {
      expect(decision.kind === 'bind' && match !== 'match').toBe(false);
    },
  );

  it.each(everything.filter(([who]) => who.startsWith('payment')))(
    '%s, match %s → the payment side takes no phone from anybody',
    (_, __, decision) => {
      expect(['bind', 'ask-match', 'refuse']).toContain(decision.kind);
    },
  );
});
