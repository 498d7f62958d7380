import { Webhook } from 'standardwebhooks';
import type { ApplicationName } from '../../dev/issuer/access.ts';
import type { Endpoints } from '../../dev/stack/endpoints.ts';
import type { Person } from './people.ts';
import { until } from './until.ts';

/** A number as `GET /v1/numbers/{numberKey}` shows it, as far as it is read here. */
export interface ShownNumber {
  readonly numberKey: string;
  readonly state: string;
  readonly claim: { readonly claimId: string; readonly userId: string; readonly state: string } | null;
  readonly workflow: { readonly id: string; readonly status: string } | null;
}

/** An item of a timeline, as far as it is read here. */
export interface ShownItem {
  readonly kind: string;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A user as `GET /v1/users/{id}` shows it, as far as it is read here. */
export interface ShownUser {
  readonly status: string;
  readonly phone: string | null;
  readonly realName: string;
  readonly accounts: readonly {
    readonly accountId: string;
    readonly kind: string;
    readonly balanceFen: number;
  }[];
}

/** A mail as the simulated mail box shows it. */
export interface ShownMail {
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
}

/** The status of the first attempt to deliver a change's event; null when there was no answer. */
export type Delivered = { readonly status: number } | null;

/** What may be done to a line at its carrier's counter. */
export type LineChange =
  | 'cancel'
  | 'reclaim'
  | 'reissue'
  | 'transfer'
  | 'suspend'
  | 'restore'
  | 'replay'
  | 'retract';

/** The longest that an import of a few hundred users takes on a busy machine, with a worker lost on the way. */
const importWithinMs = 120_000;

/** Calls a stack as its users do: the API with tokens of the issuer, the provinces by the simulator's controls. */
export function createCaller({ api, issuer, simulator, clients, carriers }: Endpoints) {
  const tokens = new Map<ApplicationName, string>();

  const tokenOf = async (name: ApplicationName): Promise<string> => {
    const { id, secret, scope } = clients[name];
    const { access_token: token } = await jsonOf<{ access_token: string }>(
      await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
      }),
    );
    tokens.set(name, token);
    return token;
  };

  const call = async (
    as: ApplicationName,
    path: string,
    body?: { type: string; text: string },
  ): Promise<Response> =>
    fetch(`${api}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(as) ?? (await tokenOf(as))}`,
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
      ...(body === undefined ? {} : { body: body.text }),
    });

  const control = async <T>(method: string, path: string, body: object = {}): Promise<T> =>
    jsonOf<T>(
      await fetch(`${simulator}/_sim/${path}`, {
        method,
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      }),
    );

  return {
    /** A number, looked up by its phone. */
    async lookUp(phone: string): Promise<ShownNumber> {
      const body = { type: 'application/json', text: JSON.stringify({ phone }) };
      return jsonOf(await call('supportDesk', '/v1/number-lookups', body));
    },

    /** The timeline of a number. */
    async timelineOf({ numberKey }: Pick<ShownNumber, 'numberKey'>): Promise<readonly ShownItem[]> {
      const path = `/v1/numbers/${numberKey}/timeline`;
      return (await jsonOf<{ items: ShownItem[] }>(await call('supportDesk', path))).items;
    },

    /** A user. */
    user: async (userId: string): Promise<ShownUser> =>
      jsonOf(await call('paymentApp', `/v1/users/${userId}`)),

    /** What the API answers to a call of the support desk, whatever it is. */
    async statusOf(path: string, body: object): Promise<number> {
      const response = await call('supportDesk', path, {
        type: 'application/json',
        text: JSON.stringify(body),
      });
      await response.body?.cancel();
      return response.status;
    },

    /** Sends an import; gives its id once it is acknowledged. */
    async sendImport(lines: readonly object[]): Promise<string> {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      const body = { type: 'application/x-ndjson', text };
      return (await jsonOf<{ importId: string }>(await call('paymentApp', '/v1/imports/users', body)))
        .importId;
    },

    /** Waits for the end of an import; gives the user of each line, in their order. Throws when a line was rejected. */
    async importedUsers(importId: string): Promise<string[]> {
      await until({
        what: `import ${importId} is completed`,
        withinMs: importWithinMs,
        look: async () => {
          const response = await call('paymentApp', `/v1/imports/${importId}?wait=5`);
          return (await jsonOf<{ status: string }>(response)).status === 'completed';
        },
      });
      const text = await textOf(await call('paymentApp', `/v1/imports/${importId}/results`));
      return text
        .trimEnd()
        .split('\n')
        .map((line) => {
          const { userId } = JSON.parse(line);
          if (typeof userId !== 'string') throw new Error(`a line was rejected: ${line}`);
          return userId;
        });
    },

    /** Writes a line into its province's books. */
    putLine: ({ phone, name, idNumber }: Person, joinedAt: string): Promise<unknown> =>
      control('PUT', `lines/${phone}`, {
        province: 'sichuan',
        system: 'mobile-5g',
        joinedAt,
        identity: { name, idNumber },
        status: 'in-use',
      }),

    /** Changes a line at the counter, whose event goes to Linekeeper; settles after the first attempt. */
    async change(phone: string, change: LineChange, more: object = {}): Promise<Delivered> {
      return (await control<{ delivered: Delivered }>('POST', `lines/${phone}/${change}`, more)).delivered;
    },

    /** A call signed by Sichuan's 5G, as its carrier makes it by itself. */
    async report(webhookId: string, body: string): Promise<{ status: number; text: string }> {
      const feed = carriers.sichuan?.['mobile-5g'];
      if (!feed) throw new Error('the stack has no such carrier');
      const now = new Date();
      const response = await fetch(feed.eventsUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': webhookId,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': new Webhook(feed.webhookSecret).sign(webhookId, now, body),
        },
        body,
      });
      return { status: response.status, text: await response.text() };
    },

    /** As `change`; gives the id of its event once that was acknowledged at the first attempt, else null. */
    async changeHeard(phone: string, change: LineChange, more: object = {}): Promise<string | null> {
      const told = await control<{ event: { id: string } | null; delivered: Delivered }>(
        'POST',
        `lines/${phone}/${change}`,
        more,
      );
      return told.delivered?.status === 202 ? (told.event?.id ?? null) : null;
    },

    /** How Sichuan fails from now on, as the simulator's fault board takes it. */
    setFaults: (faults: object): Promise<unknown> => control('PUT', 'faults/sichuan', faults),

    /** Whether every event of these lines was acknowledged. */
    async allTaken(phones: readonly string[]): Promise<boolean> {
      const lines = await Promise.all(
        phones.map((phone) =>
          control<{ events: { delivery: { state: string } }[] }>('GET', `lines/${phone}`),
        ),
      );
      return lines.every(({ events }) => events.every(({ delivery }) => delivery.state === 'delivered'));
    },

    /** All mails that were sent. */
    async mails(): Promise<readonly ShownMail[]> {
      return (await control<{ items: ShownMail[] }>('GET', 'mail')).items;
    },
  };
}

/** Calls to one stack. */
export type Caller = ReturnType<typeof createCaller>;

/** The body of a 2xx. Throws otherwise; an answer of ours holds no personal data. */
async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}

async function jsonOf<T>(response: Response): Promise<T> {
  const body: T = JSON.parse(await textOf(response));
  return body;
}
