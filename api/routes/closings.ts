import { z } from 'zod';
import { asUserId, type UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { decideLeaving } from '../../domain/leaving-rules.ts';
import type { Fen } from '../../domain/money.ts';
import { holdsMoney } from '../../store/accounts.ts';
import type { Closing } from '../../store/closings.ts';
import { userWorkflowId } from '../../workflows/user/contract.ts';
import { createConfirmHolder, type HolderDependencies } from '../confirm-holder.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { outcomeWithin, settledBy } from '../outcome.ts';
import { Problem } from '../problem.ts';
import { isProblemCode } from '../problem-codes.ts';
import { type Route, route } from '../route.ts';
import { closingExample, closingSchema } from '../schemas/closing.ts';
import { waitParameter } from '../schemas/primitives.ts';

const tag = 'Users';
const params = z.strictObject({ id: z.string().meta({ description: "The user's id" }) });
const refusals = ['balance_not_zero', 'services_active'] as const;

type Dependencies = HolderDependencies & Pick<ApiDependencies, 'logger'>;

/** Users that close themselves. */
export function closingRoutes(dependencies: Dependencies): Route[] {
  const { store, workflows, logger, now } = dependencies;
  const confirmHolder = createConfirmHolder(dependencies);
  /** What is known already refuses at once; what comes in later is found by the closing itself. */
  const checkMayLeave = async (userId: UserId, hasPhone: boolean): Promise<void> => {
    const accounts = await store.accounts.ofUser(userId);
    const decision = decideLeaving({
      wants: 'close',
      activeServices: 0,
      bound: false,
      hasPhone,
      balances: accounts.filter(({ kind }) => holdsMoney(kind)).map(({ amount }) => amount as Fen),
    });
    if (decision.kind === 'refuse') throw new Problem(decision.code);
  };

  /** The closing once its workflow ended, or as it is when the time is over. */
  const outcome = (userId: UserId, until: Instant): Promise<Closing | null> =>
    settledBy(
      { workflows, now },
      { read: () => store.closings.find(userId), workflowId: userWorkflowId(userId), until },
    );

  return [
    route({
      method: 'delete',
      path: '/v1/users/{id}',
      id: 'closeUser',
      tag,
      summary: 'Close a user',
      description:
        'Needs a login within the last 5 minutes, and accounts without money; points lapse. The number is free for others at once, nickname and e-mail after some time. It ends all sessions.',
      access: { kind: 'token', scope: 'users:write', session: 'fresh' },
      params,
      responses: {
        204: { description: 'The user is closed' },
        202: {
          description: 'It is being closed',
          schema: closingSchema,
          headers: { Location: 'Where to ask what came of it' },
          example: { ...closingExample, status: 'pending' },
        },
      },
      problems: [...refusals, 'session_required', 'change_in_progress', 'number_undecided', 'number_frozen'],
    }).handle(async ({ session, correlator, receivedAt }) => {
      const { userId, user } = session;
      await checkMayLeave(userId, user.phone !== null);
      await confirmHolder({ session, correlator });
      const isNew = await store.closings.begin({ userId, epoch: user.epoch, correlator, at: now() });
      try {
        const started = await workflows.closeUser({ userId, correlator });
        // One that was asked for before waits for what runs.
        if (started === 'busy' && isNew) {
          await store.closings.settle(userId, { status: 'refused', reason: 'change_in_progress', at: now() });
          throw new Problem('change_in_progress');
        }
      } catch (error) {
        if (error instanceof Problem) throw error;
        logger.warn({ err: error }, 'A closing was not started; the sweep will start it');
      }
      const closing = await outcome(userId, receivedAt + outcomeWithin);
      if (closing?.status === 'closed') return { status: 204 };
      if (closing?.status === 'refused' && isProblemCode(closing.reason)) throw new Problem(closing.reason);
      return {
        status: 202,
        headers: { location: `/v1/users/${userId}/closing` },
        body: { userId, status: 'pending', reason: null },
      };
    }),

    route({
      method: 'get',
      path: '/v1/users/{id}/closing',
      id: 'getClosing',
      tag,
      summary: 'What came of closing a user',
      access: { kind: 'token', scope: 'users:read' },
      params,
      query: z.strictObject({ wait: waitParameter }),
      responses: { 200: { description: 'The closing', schema: closingSchema, example: closingExample } },
      problems: ['closing_not_found'],
    }).handle(async ({ params: { id }, query: { wait } }) => {
      const closing = await outcome(asUserId(id), now() + wait);
      if (!closing) throw new Problem('closing_not_found');
      const { userId, status, reason } = closing;
      return { status: 200, body: { userId, status, reason } };
    }),
  ];
}
