import { parseEmail, parseNickname } from '../../domain/handle.ts';
import { parseIdNumber } from '../../domain/id-number.ts';
import type { ClaimId, NumberKey, UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parsePersonName } from '../../domain/person-name.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import { createUser } from '../../store/new-user.ts';
import { newPhone } from '../../store/new-user-records.ts';
import type { Store } from '../../store/store.ts';
import { rulesOf } from '../import/new-users.ts';
import { testHasher, testPasswords } from '../store/open-store.ts';

/** What a person of a test is to have; what is left out it has, all of its own. */
export interface PersonFacts {
  phone?: string | null;
  nickname?: string | null;
  email?: string | null;
  emailVerified?: boolean;
  password?: string | null;
  /** Verified; none unless it is said. */
  identity?: { name: string; idNumber: string };
  /** In fen; 0 unless it is said. */
  balance?: number;
  /** None unless it is said. */
  points?: number;
  claimedAt?: Instant;
}

/** A user of a test. Has the empty text where there is nothing. */
export interface Person {
  userId: UserId;
  phone: string;
  numberKey: NumberKey;
  claimId: ClaimId;
  nickname: string;
  email: string;
  password: string;
}

/** When people of tests proved their phones, unless said otherwise. */
export const personClaimedAt = Date.parse('2024-05-01T00:00:00Z');

const must = <T>(parsed: Parsed<T>): T => {
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.value;
};

let people = 0;

/** Makes a user with phone, nickname, verified e-mail and password, as an import does. */
export async function makePerson(store: Store, facts: PersonFacts = {}): Promise<Person> {
  people += 1;
  const of = <T>(given: T | undefined, own: T): T => (given === undefined ? own : given);
  const phone = of(facts.phone, `+86138${String(90_000_000 + people)}`);
  const nickname = of(facts.nickname, `旅人 ${people}`);
  const email = of(facts.email, `person${people}@example.com`);
  const password = of(facts.password, `lantern number ${people} glows`);
  const claimedAt = facts.claimedAt ?? personClaimedAt;
  const numberKey = testHasher.numberKeyOf(must(parsePhoneNumber(phone ?? '+8613899999999')));
  const created = await createUser(
    { store, rulesOf, passwords: testPasswords, now: Date.now },
    {
      origin: { kind: 'import', ref: `people:${people}` },
      registeredAt: claimedAt,
      nickname: nickname === null ? null : must(parseNickname(nickname)),
      email:
        email === null ? null : { address: must(parseEmail(email)), verified: facts.emailVerified ?? true },
      password: password === null ? null : { plain: password },
      identity: facts.identity
        ? {
            name: must(parsePersonName(facts.identity.name)),
            idNumber: must(parseIdNumber(facts.identity.idNumber, '2026-11-24')),
            verifiedAt: claimedAt,
          }
        : null,
      accounts: [
        ...(facts.balance === undefined ? [] : [{ kind: 'balance' as const, amount: facts.balance }]),
        ...(facts.points === undefined ? [] : [{ kind: 'points' as const, amount: facts.points }]),
      ],
      phone:
        phone === null
          ? null
          : {
              phone: must(parsePhoneNumber(phone)),
              numberKey,
              home: {
                province: phone.startsWith('+86139') ? 'guangdong' : 'sichuan',
                system: 'mobile-5g',
              },
              claimedAt,
            },
    },
  );
  if (!created.ok) throw new Error(created.code);
  const { userId } = created;
  return {
    userId,
    phone: phone ?? '',
    numberKey,
    claimId: newPhone(userId, numberKey).claimId,
    nickname: nickname ?? '',
    email: email ?? '',
    password: password ?? '',
  };
}
