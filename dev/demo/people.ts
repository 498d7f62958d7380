import { randomBytes } from 'node:crypto';
import type { ImportedUser, NumberAnswer, UserAnswer } from './linekeeper.ts';
import type { Identity } from './provinces.ts';

/** The people of the stories. Their ID numbers are well formed and of a county that doesn't exist, so they are nobody's. */
export const people = {
  zhangWei: { name: '张伟', idNumber: '519999199001010017' },
  liNa: { name: '李娜', idNumber: '519999199001010025' },
  wangFang: { name: '王芳', idNumber: '519999199001010033' },
} as const satisfies Record<string, Identity>;

/** A payment user to be imported, under a nickname and an address that no run before had. */
export function newUser(user: {
  who: string;
  identity: Identity;
  phone: string;
  claimedAt: string;
  accounts: ImportedUser['accounts'];
}): ImportedUser {
  const { who, identity, phone, claimedAt, accounts } = user;
  const nickname = `${who}-${randomBytes(4).toString('hex')}`;
  return {
    phone,
    phoneClaimedAt: claimedAt,
    nickname,
    email: `${nickname}@example.com`,
    emailVerified: true,
    identity: { ...identity, verified: true },
    registeredAt: claimedAt,
    accounts,
  };
}

const yuan = (fen: number): string => `${(fen / 100).toFixed(2)} yuan`;
const accountNames = { balance: 'balance', redPackets: 'red packets', points: 'points' } as const;

const stateTexts: Record<NumberAnswer['state'], (freezeEndsAt: string | null) => string> = {
  unknown: () => 'nothing reported yet',
  'in-use': () => 'in use',
  suspended: () => 'suspended',
  frozen: (freezeEndsAt) => `frozen until ${freezeEndsAt}`,
  reassignable: (freezeEndsAt) => `reassignable since ${freezeEndsAt}`,
};

/** Tells API answers in a line each. Users are told by the nickname that an answer about them gave. */
export function createReader() {
  const nicknames = new Map<string, string>();
  return {
    user({ userId, nickname, status, phone, accounts }: UserAnswer): string {
      nicknames.set(userId, nickname ?? userId);
      const money = accounts.map(
        ({ kind, balanceFen }) =>
          `${accountNames[kind]} ${kind === 'points' ? balanceFen : yuan(balanceFen)}`,
      );
      return [`user ${nickname}: ${status}`, `login phone ${phone ?? 'none'}`, ...money].join(', ');
    },
    number({ phone, state, tenancy, freezeEndsAt, claim, workflow }: NumberAnswer): string {
      return [
        `number ${phone}: ${stateTexts[state](freezeEndsAt)}`,
        ...(tenancy === null ? [] : [`tenancy of ${tenancy.joinedAt}`]),
        claim === null
          ? "nobody's login phone"
          : `login phone of ${nicknames.get(claim.userId) ?? claim.userId}, claim ${claim.state}`,
        ...(workflow?.status === 'running' ? ['a workflow looks after it'] : []),
      ].join(', ');
    },
  };
}
