import type { Adapter, AdapterPayload } from 'oidc-provider';

type Entry = { payload: AdapterPayload; expiresAt: number };

/**
 * Keeps what the issuer must remember: logins under way, sessions, codes, grants. In memory: access tokens are
 * signed and remembered by nobody, so that a restart costs no more than a new login of the staff.
 */
export class MemoryAdapter implements Adapter {
  readonly #kind: string;
  readonly #entries: Map<string, Entry>;

  /** `entries` is shared by all kinds of things, so that revoking a grant finds all that hangs on it. */
  constructor(kind: string, entries: Map<string, Entry>) {
    this.#kind = kind;
    this.#entries = entries;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#forgetExpired();
    const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
    this.#entries.set(this.#key(id), { payload, expiresAt });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const entry = this.#entries.get(this.#key(id));
    return entry !== undefined && entry.expiresAt > Date.now() ? entry.payload : undefined;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const entry = this.#entries.get(this.#key(id));
    if (entry !== undefined) entry.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#entries.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (entry.payload.grantId === grantId) this.#entries.delete(key);
    }
  }

  #key(id: string): string {
    return `${this.#kind}:${id}`;
  }

  #findBy(matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    const now = Date.now();
    for (const [key, entry] of this.#entries) {
      if (key.startsWith(`${this.#kind}:`) && entry.expiresAt > now && matches(entry.payload)) {
        return entry.payload;
      }
    }
    return undefined;
  }

  #forgetExpired(): void {
    const now = Date.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt <= now) this.#entries.delete(key);
    }
  }
}

/** One memory for all kinds of things. */
export function createMemory(): (kind: string) => Adapter {
  const entries = new Map<string, Entry>();
  return (kind) => new MemoryAdapter(kind, entries);
}
