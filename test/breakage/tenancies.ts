import type { Caller, LineChange } from './caller.ts';
import type { Inside } from './inside.ts';
import type { Person } from './people.ts';
import type { Answer, Purpose, Site } from './site.ts';
import { until } from './until.ts';

/** Somebody's time with a number, and the user made in it: what the model knows of them. */
export interface Tenant {
  readonly person: Person;
  /** The user that the tenant registered; null while there is none. */
  userId: string | null;
  password: string;
  /** Whether the password was set by a code that the next holder received: once that is known it opens nothing. */
  isNextHolders: boolean;
  /** What was put onto its account and acknowledged. */
  paidInFen: number;
  /** A registration that was answered with 202 and isn't settled yet. */
  pending: string | null;
  /** Whether the number was cancelled and taken back while a registration ran. */
  interrupted: boolean;
  /** How the tenancy ended: `reported` once Linekeeper acknowledged it and has it in its history, `told` when it will hear of it, `silent` never. */
  end: 'reported' | 'told' | 'silent' | null;
  /** Sessions, and whether what happened since must have ended them. */
  readonly sessions: { readonly token: string; over: boolean }[];
}

/** What happened to one number, and what of it was wrong at once. */
export interface Tale {
  readonly phone: string;
  /** What was done, in this order. */
  readonly doings: readonly string[];
  /** In their order; the last one has the number. */
  readonly tenants: readonly Tenant[];
  readonly faults: readonly string[];
  /** All that must be found nowhere: words, by what they are. */
  readonly secrets: readonly { readonly what: string; readonly value: string }[];
}

/** Why a registration may be refused although its applicant has the number: the carrier didn't say enough. */
const undecided = 'number_undecided';

/**
 * Lives through the tenancies of one number as chance has it, one thing after the other: registering, logging in and
 * resetting by code, paying in, cancelling, reclaiming, handing on to the next person with or without a word. Notes
 * what is against the rules at once: whoever is let in by a code must not have claimed the number in a tenancy whose
 * end was known, by an acknowledged report, before the code was asked for.
 */
export async function liveThrough({
  site,
  caller,
  inside,
  chance,
  phone,
  people,
  steps,
}: {
  site: Site;
  caller: Caller;
  inside: Inside;
  chance: (below: number) => number;
  phone: string;
  /** Who has the number in turn. */
  people: readonly Person[];
  steps: number;
}): Promise<Tale> {
  const waiting = [...people];
  const tenants: Tenant[] = [];
  const faults: string[] = [];
  const secrets: { what: string; value: string }[] = [];
  const doings: string[] = [];
  const note = (fault: string): void => void faults.push(`${phone}: ${fault} (after ${doings.join(', ')})`);

  const begin = (): Tenant | undefined => {
    const person = waiting.shift();
    if (!person) return undefined;
    const { password } = person;
    tenants.push({
      person,
      userId: null,
      password,
      isNextHolders: false,
      paidInFen: 0,
      pending: null,
      interrupted: false,
      end: null,
      sessions: [],
    });
    return tenants.at(-1);
  };
  const present = (): Tenant => {
    const tenant = tenants.at(-1);
    if (!tenant) throw new Error('nobody has the number');
    return tenant;
  };

  const proofFor = async (purpose: Purpose) => {
    const proof = await site.codeFor(phone, purpose);
    secrets.push(
      { what: 'code', value: `"${proof.code}"` },
      { what: 'code in a text', value: `: ${proof.code}` },
    );
    return proof;
  };
  /** Those whom a code of the phone may let in from now on. */
  const welcome = (): Tenant[] => tenants.filter(({ end }) => end !== 'reported');

  /** Takes in what came of registrations that were answered with 202. */
  const settlePending = async (): Promise<void> => {
    for (const tenant of tenants) {
      if (tenant.pending === null) continue;
      const answer = await site.call({ path: `/v1/registrations/${tenant.pending}` });
      if (answer.body.status !== 'pending') noteRegistration(tenant, endOf(answer), answer, note);
    }
  };

  const noteSession = (tenant: Tenant, { body }: Answer): void => {
    if (body.sessionToken === undefined) return;
    tenant.sessions.push({ token: body.sessionToken, over: false });
    secrets.push({ what: 'session', value: body.sessionToken.split('.')[1] ?? body.sessionToken });
  };

  const register = async (): Promise<void> => {
    const tenant = present();
    if (tenant.pending !== null) return;
    const { name, idNumber, nickname, email } = tenant.person;
    const body = { phone, ...(await proofFor('register')), password: tenant.password };
    const wasEver = tenants.some(({ userId, pending }) => userId !== null || pending !== null);
    const more = tenant.userId === null ? { nickname, email, identity: { name, idNumber } } : {};
    const answer = await site.call({ path: '/v1/registrations', body: { ...body, ...more } });
    if (answer.status === 202) tenant.pending = answer.body.registrationId ?? null;
    else noteRegistration(tenant, answer.status === 201 ? 'registered' : `${answer.body.code}`, answer, note);
    if (!wasEver && answer.status !== 201) note(`nobody had the number, and it was ${answer.body.code}`);
  };

  const loginByCode = async (): Promise<void> => {
    const may = welcome();
    const answer = await site.call({ path: '/v1/sessions', body: { phone, ...(await proofFor('login')) } });
    if (answer.status !== 201) return;
    await settlePending();
    const tenant = may.find(({ userId }) => userId === answer.body.userId);
    if (tenant) noteSession(tenant, answer);
    else note('a code let somebody in across a reported end');
  };

  const loginByNickname = async (tenant: Tenant): Promise<void> => {
    if (tenant.userId === null) return;
    const { password, person } = tenant;
    const answer = await site.call({ path: '/v1/sessions', body: { login: person.nickname, password } });
    if (answer.body.userId === tenant.userId) noteSession(tenant, answer);
    else if (!tenant.isNextHolders) note(`a password let nobody in: ${answer.body.code}`);
  };

  const resetByCode = async (): Promise<void> => {
    const may = welcome();
    const newPassword = `reset-${chance(2 ** 30)}-${chance(2 ** 30)}`;
    secrets.push({ what: 'new password', value: newPassword });
    const body = { phone, ...(await proofFor('reset-password')), newPassword };
    if ((await site.call({ path: '/v1/password-resets', body })).status !== 204) return;
    await settlePending();
    for (const tenant of tenants.filter(({ userId }) => userId !== null)) {
      const login = { login: tenant.person.nickname, password: newPassword };
      const answer = await site.call({ path: '/v1/sessions', body: login });
      if (answer.status !== 201) continue;
      if (!may.includes(tenant)) note('a code reset a password across a reported end');
      tenant.password = newPassword;
      tenant.isNextHolders = tenant.end !== null;
      for (const session of tenant.sessions) session.over = true;
      noteSession(tenant, answer);
    }
  };

  const payIn = async (tenant: Tenant): Promise<void> => {
    if (tenant.userId === null) return;
    const [account] = (await caller.user(tenant.userId)).accounts.filter(({ kind }) => kind === 'balance');
    const amountFen = 100 + chance(9_900);
    const path = `/v1/accounts/${account?.accountId}/top-ups`;
    const { status } = await site.call({ path, body: { amountFen, source: 'till' } });
    if (status === 201) tenant.paidInFen += amountFen;
    else note(`a top-up was answered ${status}`);
  };

  /** Changes the line; true when the report was acknowledged, and is known by now. */
  const change = async (kind: LineChange, more: object = {}): Promise<boolean> => {
    const eventId = await caller.changeHeard(phone, kind, more);
    if (eventId === null) return false;
    const { numberKey } = await caller.lookUp(phone);
    return until({
      what: 'what was acknowledged is known',
      withinMs: 30_000,
      everyMs: 50,
      look: () => inside.isKnown({ numberKey, eventId }),
    });
  };

  /** Join dates are known to the second: a tenancy that began in the one in which the last ended can't be told from it. */
  const secondsLater = async (): Promise<false> => {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    return false;
  };

  const handOn = async (how: 'cancelled' | 'transferred' | 'silently'): Promise<void> => {
    const before = present();
    const next = begin();
    if (!next) return;
    const { name, idNumber } = next.person;
    const identity = { name, idNumber };
    if (how === 'silently') {
      before.end = 'silent';
      await change('reissue', { identity, silent: true });
      return;
    }
    before.end = 'told';
    // Whoever held it until now was logged in by it; nobody's sessions outlive that.
    if (before.userId !== null) for (const session of before.sessions) session.over = true;
    const heard =
      how === 'transferred'
        ? [await change('transfer', { identity })]
        : [await change('cancel'), await secondsLater(), await change('reissue', { identity })];
    if (!heard.some(Boolean)) return;
    // What is reported of the number ends all tenancies before it, also those whose end nobody told of.
    for (const tenant of tenants) if (tenant !== next) tenant.end = 'reported';
  };

  const cancelAndReclaim = async (): Promise<void> => {
    const tenant = present();
    if (tenant.pending !== null) tenant.interrupted = true;
    await change('cancel');
    await change('reclaim');
    // Until then it looks as if nobody had the number, and once its freeze were over it would be anybody's.
    await until({
      what: 'that it was taken back is known',
      withinMs: 60_000,
      look: () => caller.allTaken([phone]),
    });
  };

  begin();
  const anybody = (): Tenant => tenants[chance(tenants.length)] ?? present();
  const actions: [name: string, act: () => Promise<unknown>][] = [
    ['register', register],
    ['register', register],
    ['login by code', loginByCode],
    ['login by code', loginByCode],
    ['login by nickname', () => loginByNickname(anybody())],
    ['reset', resetByCode],
    ['pay in', () => payIn(anybody())],
    ['pay in', () => payIn(anybody())],
    ['cancel and reissue', () => handOn('cancelled')],
    ['transfer', () => handOn('transferred')],
    ['reissue silently', () => handOn('silently')],
    ['cancel and reclaim', cancelAndReclaim],
  ];
  doings.push('register');
  await register();
  for (let step = 1; step < steps; step += 1) {
    const [name, act] = actions[chance(actions.length)] ?? ['register', register];
    doings.push(name);
    await act();
  }
  return { phone, doings, tenants, faults, secrets };
}

/** How a registration ended, or the code of its refusal. */
export const endOf = ({ body: { status, reason } }: Answer): string =>
  status === 'refused' ? `${reason}` : `${status}`;

/** Takes the end of a registration into the model, and notes a refusal for which there is no reason. */
export function noteRegistration(
  tenant: Tenant,
  end: string,
  { body }: Answer,
  note: (fault: string) => void,
): void {
  tenant.pending = null;
  if (end === 'registered') {
    if (tenant.userId !== null) note('somebody was registered twice in one tenancy');
    tenant.userId = body.userId ?? null;
    return;
  }
  const reasons = [
    undecided,
    ...(tenant.userId === null ? [] : ['phone_in_use']),
    // Something happened to the number after the code was proven.
    ...(tenant.end === null && !tenant.interrupted ? [] : ['number_frozen', 'code_invalid']),
    // The next holder's registration was faster.
    ...(tenant.end === null ? [] : ['phone_in_use']),
  ];
  if (!reasons.includes(end)) note(`a registration by who has the number was refused: ${end}`);
}
