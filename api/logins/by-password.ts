import { decideByPassword, type PasswordLogin } from '../../domain/gate-rules.ts';
import { asNumberKey, asUserId, type NumberKey, type UserId } from '../../domain/ids.ts';
import { isNameOf, type LoginName, readLoginName } from '../../domain/login.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { Passwords } from '../../platform/passwords.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../../store/users.ts';
import type { Aside } from '../aside.ts';
import { Problem } from '../problem.ts';
import type { LoginLimits, LoginTry } from './login-limits.ts';
import type { Admitted } from './open-session.ts';

/** What a password is checked with. */
export interface PasswordLoginTools {
  readonly store: Pick<Store, 'claims' | 'handles' | 'users'>;
  readonly hasher: Pick<NumberHasher, 'numberKeyOf'>;
  readonly passwords: Passwords;
  readonly limits: LoginLimits;
  readonly aside: Aside;
}

/** Whom a login names: nobody where `user` is null. */
interface Named {
  readonly user: User | null;
  /** What the rules ask of the name. */
  readonly login: PasswordLogin;
  readonly phoneIsCurrent: boolean;
}

/**
 * Lets in whoever knows the password of a user that goes by this name. Throws the `Problem`s `bad_credentials`, the same
 * after the same work whether there is nobody of that name, another password, or no password at all; and
 * `too_many_requests`, for names of nobody too.
 */
export async function loginByPassword(
  tools: PasswordLoginTools,
  { login, password, ...rest }: { login: string; password: string } & Pick<LoginTry, 'address' | 'now'>,
): Promise<Admitted> {
  const { passwords, limits, store, aside } = tools;
  const name = readLoginName(login);
  const named = await findNamed(tools, name);
  const { user } = named;
  const about = { ...rest, login: textOf(name, login), userId: user?.userId ?? null };
  const admitted = await limits.guard(about, async () => {
    const isRight = await passwords.verify(user?.passwordHash ?? null, password);
    const { kind } = decideByPassword(named.login, isRight);
    return kind === 'allow' && user ? { user, phoneIsCurrent: named.phoneIsCurrent } : null;
  });
  if (!admitted) throw new Problem('bad_credentials');

  const { userId, passwordHash: from } = admitted.user;
  if (from !== null && passwords.needsRehash(from)) {
    void aside.run('rehash-password', async () => {
      await store.users.rehashPassword({ userId, from, to: await passwords.hash(password) });
    });
  }
  return { ...admitted, method: 'password' };
}

/** A name in the form in which tries at it are counted. */
function textOf(name: LoginName | null, login: string): string {
  if (name === null) return `none:${login.trim()}`;
  return name.by === 'phone' ? `phone:${name.phone}` : `${name.by}:${name.key}`;
}

/** Two reads whatever comes of the first, so that nobody is found as slowly as somebody. */
async function findNamed(
  { store, hasher }: Pick<PasswordLoginTools, 'store' | 'hasher'>,
  name: LoginName | null,
): Promise<Named> {
  if (name === null || name.by === 'phone') {
    const numberKey = name === null ? noNumber : hasher.numberKeyOf(name.phone);
    const claim = (await store.claims.find(numberKey))?.claim ?? null;
    const user = await openUser(store, claim?.userId);
    // A release takes the phone from the user before it ends the epoch. So whoever reads the user with the phone reads an
    // epoch that the release has yet to end, and whoever reads it without must not come in by it: the claim that was read
    // is over.
    const isHeld = claim !== null && user?.phone?.claimId === claim.claimId;
    return {
      user: isHeld ? user : null,
      login: { by: 'phone', claimExists: isHeld },
      phoneIsCurrent: claim?.state === 'active',
    };
  }
  const user = await openUser(store, await store.handles.ownerOf(name.by, name.key));
  const isNamed = user !== null && isNameOf(name, user);
  return {
    user: isNamed ? user : null,
    login: name.by === 'email' ? { by: 'email', verified: isNamed } : { by: 'nickname' },
    // Whoever has such a name needs no other.
    phoneIsCurrent: false,
  };
}

async function openUser(
  store: Pick<Store, 'users'>,
  userId: UserId | null | undefined,
): Promise<User | null> {
  const user = await store.users.find(userId ?? nobody);
  return user?.status === 'open' ? user : null;
}

const nobody = asUserId('');
const noNumber: NumberKey = asNumberKey('');
