import type { z } from 'zod';
import type { Email } from '../../domain/handle.ts';
import { maskEmail, maskPhone } from '../../domain/masking.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../../store/users.ts';
import type { userSchema } from '../schemas/user.ts';

/** A payment user as callers see it. */
export type UserView = z.input<typeof userSchema>;

type ViewStore = Pick<Store, 'accounts' | 'claims' | 'customers' | 'numbers'>;

/** Shows a user; null for one that never came to be. */
export async function userView(store: ViewStore, user: User): Promise<UserView | null> {
  const { userId, status, nickname, email } = user;
  if (status !== 'open' && status !== 'closed') return null;
  const [phone, realName, accounts] = await Promise.all([
    loginPhoneOf(store, user),
    realNameOf(store, user),
    store.accounts.ofUser(userId),
  ]);
  return {
    userId,
    status,
    nickname,
    email: email === null ? null : maskEmail(email as Email),
    phone,
    realName,
    accounts: accounts.map(({ accountId, kind, amount }) => ({ accountId, kind, balanceFen: amount })),
    // Bindings aren't made yet.
    binding: null,
  };
}

/** The login phone, masked: only while the claim, which is the truth, is still the user's. */
async function loginPhoneOf(
  store: Pick<ViewStore, 'claims' | 'numbers'>,
  { phone }: User,
): Promise<string | null> {
  if (!phone) return null;
  const [claims, record] = await Promise.all([
    store.claims.find(phone.numberKey),
    store.numbers.find(phone.numberKey),
  ]);
  return record && claims?.claim?.claimId === phone.claimId ? maskPhone(record.phone) : null;
}

async function realNameOf(
  store: Pick<ViewStore, 'customers'>,
  { customerId }: User,
): Promise<UserView['realName']> {
  const customer = customerId && (await store.customers.find(customerId));
  if (!customer) return 'none';
  return customer.verifiedAt === null ? 'declared' : 'verified';
}
