import type { z } from 'zod';
import { rulesOf } from '../../carriers/rules.ts';
import type { ClaimTenancy } from '../../domain/claim.ts';
import { nicknameKey } from '../../domain/handle.ts';
import { asRegistrationId, type RegistrationId, type UserId } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import {
  type Applicant,
  type Registered,
  register,
  registeredUserId,
  registrationIdOf,
} from '../../store/registration.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { registrationWorkflowId } from '../../workflows/registration/contract.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { askToVerifyEmail } from '../emails/verify.ts';
import { outcomeWithin, settledBy } from '../outcome.ts';
import { Problem } from '../problem.ts';
import { refuseOwn } from '../schemas/password.ts';
import type { registrationRequestSchema } from '../schemas/registration.ts';
import { hasCode, proveCode } from '../verification.ts';
import { readDeclaredIdNumber } from './identity.ts';

/** What registrations stand on. */
export type RegistrationDependencies = Pick<
  ApiDependencies,
  | 'store'
  | 'workflows'
  | 'carriers'
  | 'registry'
  | 'routing'
  | 'hasher'
  | 'passwords'
  | 'aside'
  | 'metrics'
  | 'logger'
  | 'now'
>;

/** A registration as it was asked for. */
export interface RegistrationCall {
  readonly body: z.output<typeof registrationRequestSchema>;
  readonly requestRef: string;
  readonly correlator: string;
  readonly receivedAt: Instant;
}

/** How a registration stands, for whoever asks. */
export type RegistrationState = { readonly registrationId: RegistrationId } & (
  | { readonly status: 'pending' }
  | {
      readonly status: 'registered';
      readonly userId: UserId;
      readonly formerHolderReleased: boolean;
    }
  | { readonly status: 'refused'; readonly reason: string }
);

/** Nobody waits for it, and the carrier's own time-outs are shorter. */
const identityWithin: DurationMs = 30_000;

/** Registering users, and telling how it went. */
export function createRegistrar(dependencies: RegistrationDependencies) {
  const { store, workflows, registry, routing, hasher, passwords, aside, logger, now } = dependencies;
  const verdicts = createVerdicts({ ...dependencies, wakeNumber: workflows.wakeNumber });
  const tools = {
    store,
    now,
    rulesOf: (number: Parameters<typeof rulesOf>[1]) => rulesOf(registry, number),
    hashPassword: passwords.hash,
  };

  /** Everything that can be said of a request without its code; nothing here knows the phone's history. */
  const check = ({ body, receivedAt }: RegistrationCall) => {
    const { phone, password, nickname = null, email = null, identity } = body;
    const home = routing.routeOf(phone);
    if (!home) throw new Problem('number_not_served');
    refuseOwn({ password, pointer: '/password', own: [phone, nickname, email] });
    const pointer = '/identity/idNumber';
    return {
      phone,
      numberKey: hasher.numberKeyOf(phone),
      home,
      password,
      nickname,
      email: email && { address: email, verified: false },
      identity: identity
        ? {
            name: identity.name,
            idNumber: readDeclaredIdNumber(identity.idNumber, { now: receivedAt, pointer }),
            verifiedAt: null,
          }
        : null,
    };
  };

  /** Proves the code, but lets whoever has it choose another nickname first where this one is taken. */
  const prove = async (
    { body, requestRef }: RegistrationCall,
    { numberKey, nickname }: Pick<Applicant, 'numberKey' | 'nickname'>,
  ) => {
    const { verificationId, code } = body;
    const guess = { numberKey, verificationId, code, purpose: 'register', now: now() } as const;
    if (nickname && (await hasCode({ store, hasher }, guess))) {
      const owner = await store.handles.ownerOf('nickname', nicknameKey(nickname));
      if (owner) throw new Problem('nickname_in_use');
    }
    return proveCode({ store, hasher }, { ...guess, by: requestRef });
  };

  /**
   * Has the carrier asked for the tenancy while the password is hashed: what it says then is of the tenancy in which the
   * code was proven, and mostly is there when the claim is made.
   */
  const askBeside = (claimedAt: Instant) => {
    let asked: Promise<ClaimTenancy | null> | undefined;
    return {
      asked: () => asked,
      begin: (number: NumberRecord) => {
        let said: ClaimTenancy | null = null;
        const home = { province: number.province, system: number.system };
        asked = verdicts.describeTenancy({ number, home, claimedAt });
        aside.run('ask for a tenancy', async () => {
          said = (await asked) ?? null;
        });
        return () => said;
      },
    };
  };

  /** What is done beside the answer: it may be lost, and nobody waits for it. */
  const beside = (
    { made, wake }: Extract<Registered, { kind: 'registered' }>,
    { numberKey, email, identity, correlator }: Applicant,
    described: Promise<ClaimTenancy | null> | undefined,
  ): void => {
    if (wake) aside.run('wake a number', () => workflows.wakeNumber({ numberKey, correlator }));
    if (!made) return;
    const { number, claim } = made;
    const { userId } = claim;
    if (email) {
      const asked = { userId, email: email.address, epoch: null, correlator, at: now() };
      aside.run('ask to verify an e-mail', async () => void (await askToVerifyEmail(dependencies, asked)));
    }
    const home = { province: number.province, system: number.system };
    aside.run('remember a tenancy', () => verdicts.rememberTenancy({ number, home, claim, described }));
    if (!identity) return;
    aside.run('verify an identity', async () => {
      const user = await store.users.find(userId);
      if (!user?.customerId) return;
      const customer = { ...identity, customerId: user.customerId };
      await verdicts.verifyIdentity({ number, home, customer, withinMs: identityWithin });
    });
  };

  /**
   * A take-over on what events told alone asked no carrier: it is asked now, so that who registers on the day of joining
   * is told from the holder before on that day.
   */
  const rememberTaken = ({ phone, numberKey }: Applicant, { claimId }: PhoneRequest): void => {
    aside.run('remember a tenancy', async () => {
      const [doc, number] = await Promise.all([store.claims.find(numberKey), store.numbers.find(numberKey)]);
      if (!number || doc?.claim?.claimId !== claimId) return;
      const home = { province: number.province, system: number.system };
      await verdicts.rememberTenancy({ number: { numberKey, phone }, home, claim: doc.claim });
    });
  };

  /** Has the workflow of a request run. Where the server doesn't take it, the sweep does. */
  const begin = async ({ registrationId, correlator }: Applicant): Promise<void> => {
    try {
      await workflows.runRegistration({ registrationId, correlator });
    } catch (error) {
      logger.warn({ err: error, registrationId }, 'A registration was not started; the sweep will start it');
    }
  };

  /** The request when it is settled, or as it is when the time is over. */
  const settled = (registrationId: RegistrationId, until: Instant): Promise<PhoneRequest | null> =>
    settledBy(dependencies, {
      read: () => store.phoneRequests.find(registrationId),
      workflowId: registrationWorkflowId(registrationId),
      until,
    });

  return {
    /**
     * Registers a user. Without the right code nobody learns anything of the phone, neither by the answer nor by what is
     * done for it. Throws the `Problem`s that refuse it.
     */
    async register(call: RegistrationCall): Promise<RegistrationState> {
      const checked = check(call);
      const proof = await prove(call, checked);
      const registrationId = registrationIdOf(call.body.verificationId);
      const applicant = { ...checked, registrationId, proof, correlator: call.correlator };
      const description = askBeside(proof.provenAt);
      const came = await register({ ...tools, describe: description.begin }, applicant);
      switch (came.kind) {
        case 'refused':
          throw new Problem(came.code);
        case 'registered': {
          beside(came, applicant, description.asked());
          const { userId } = came;
          return { registrationId, status: 'registered', userId, formerHolderReleased: false };
        }
        case 'asks-for-verdict': {
          if (came.request.status === 'pending') await begin(applicant);
          const request = await settled(registrationId, call.receivedAt + outcomeWithin);
          if (request?.status === 'granted') rememberTaken(applicant, request);
          return stateOf(request ?? came.request);
        }
      }
    },

    /** How a registration stands; waits for its end until an instant. Null where there is none. */
    async find(registrationId: RegistrationId, until: Instant): Promise<RegistrationState | null> {
      const request = await settled(registrationId, until);
      if (request) return request.kind === 'registration' ? stateOf(request) : null;
      // A free number leaves no request: its user tells.
      const userId = registeredUserId(registrationId);
      const user = await store.users.find(userId);
      if (user === null || user.status === 'abandoned') return null;
      return user.status === 'pending'
        ? { registrationId, status: 'pending' }
        : { registrationId, status: 'registered', userId, formerHolderReleased: false };
    },
  };
}

function stateOf(request: PhoneRequest): RegistrationState {
  const { requestId, status, userId, formerHolderReleased, reason } = request;
  const registrationId = asRegistrationId(requestId);
  switch (status) {
    case 'pending':
      return { registrationId, status };
    case 'granted':
      return { registrationId, status: 'registered', userId, formerHolderReleased };
    case 'refused':
      return { registrationId, status, reason: reason ?? 'number_undecided' };
  }
}
