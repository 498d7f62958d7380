import { parseEmail, parseNickname } from '../../domain/handle.ts';
import { parseIdNumber } from '../../domain/id-number.ts';
import { asVerificationId } from '../../domain/ids.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parsePersonName } from '../../domain/person-name.ts';
import { type Applicant, type RegistrationTools, registrationIdOf } from '../../store/registration.ts';
import type { Store } from '../../store/store.ts';
import { now, phoneOf, toolsOf } from '../import/new-users.ts';
import { testHasher } from '../store/open-store.ts';

const must = <T>(parsed: Parsed<T>): T => {
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.value;
};

/** What registrations of tests are made with; the password's hash is always the same. */
export const registrationTools = (store: Store): RegistrationTools => ({
  ...toolsOf(store),
  store,
  hashPassword: async () =>
    '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
});

/** Somebody who proved just now to hold a number, and wants no more than to be its user. */
export const plainApplicant = (index: number, more: Partial<Applicant> = {}): Applicant => ({
  registrationId: registrationIdOf(asVerificationId(`verification-${index}`)),
  phone: phoneOf(index),
  numberKey: testHasher.numberKeyOf(phoneOf(index)),
  home: { province: 'sichuan', system: 'mobile-5g' },
  proof: { issuedAt: now - 60_000, provenAt: now },
  password: 'four quiet lanterns',
  nickname: null,
  email: null,
  identity: null,
  correlator: 'test',
  ...more,
});

/** Somebody who wants everything that can be had. */
export const richApplicant = (index: number, more: Partial<Applicant> = {}): Applicant =>
  plainApplicant(index, {
    nickname: must(parseNickname(`nick ${index}`)),
    email: { address: must(parseEmail(`user${index}@example.com`)), verified: false },
    identity: {
      name: must(parsePersonName('张三')),
      idNumber: must(parseIdNumber('11010519491231002X', '2026-11-24')),
      verifiedAt: null,
    },
    ...more,
  });
