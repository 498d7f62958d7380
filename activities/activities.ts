import type { Carriers } from '../carriers/carriers.ts';
import type { Registry } from '../carriers/registry.ts';
import type { Routing } from '../carriers/routing.ts';
import type { DurationMs } from '../domain/instant.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import type { Passwords } from '../platform/passwords.ts';
import type { MailPort } from '../ports/mail.ts';
import type { Store } from '../store/store.ts';
import type { Judge } from '../verdicts/judge.ts';
import type { Verdicts } from '../verdicts/verdicts.ts';
import { createCarrierEventActivities } from './carrier-events/record.ts';
import { createImportActivities } from './import/import.ts';
import { createLostMailActivities } from './mail/lost-mails.ts';
import { createMailActivities } from './mail/send.ts';
import { createNoticeActivities } from './notice/deliver.ts';
import { createEffectActivities } from './number/effects.ts';
import { createLifeActivities } from './number/life.ts';
import { createSamePersonActivities, createUnansweredActivities } from './number/same-person.ts';
import type { Mails, Messenger, PhoneRequests, UserChanges } from './ports.ts';
import { createPhoneRequestActivities } from './registration/decide.ts';
import { createIdentityActivities } from './registration/identity.ts';
import { createPhoneJudgeActivities } from './registration/judge.ts';
import { createLostRequestActivities } from './registration/lost-requests.ts';
import { createRegistrationActivities } from './registration/register.ts';
import { createSweepActivities } from './sweep/sweep.ts';
import { createPhoneChangeActivities } from './user/change-phone.ts';
import { createClosingActivities } from './user/closing.ts';
import { createLostClosingActivities } from './user/lost-closings.ts';

/** What the steps stand on. */
export interface ActivityDependencies {
  readonly store: Store;
  readonly registry: Registry;
  readonly routing: Routing;
  readonly carriers: Carriers;
  readonly judge: Judge & Pick<Verdicts, 'verifyIdentity'>;
  readonly hasher: NumberHasher;
  readonly passwords: Passwords;
  readonly mail: MailPort;
  readonly messenger: Mails & Messenger & PhoneRequests & UserChanges;
  /** How long the nickname and e-mail of a closed user stay nobody else's. */
  readonly handlesKept: DurationMs;
}

/** The steps that run on our own queue. */
export const createActivities = (dependencies: ActivityDependencies) => ({
  ...createCarrierEventActivities(dependencies),
  ...createClosingActivities(dependencies),
  ...createEffectActivities(dependencies),
  ...createImportActivities(dependencies),
  ...createLifeActivities(dependencies),
  ...createLostClosingActivities(dependencies),
  ...createLostRequestActivities(dependencies),
  ...createLostMailActivities(dependencies),
  ...createMailActivities(dependencies),
  ...createNoticeActivities(dependencies),
  ...createPhoneChangeActivities(dependencies),
  ...createPhoneRequestActivities(dependencies),
  ...createRegistrationActivities(dependencies),
  ...createSweepActivities(dependencies),
  ...createUnansweredActivities(dependencies),
});

/** The steps that ask a carrier; each province system has a queue of its own for them. */
export const createCarrierActivities = (dependencies: ActivityDependencies) => ({
  ...createIdentityActivities(dependencies),
  ...createPhoneJudgeActivities(dependencies),
  ...createSamePersonActivities(dependencies),
});
