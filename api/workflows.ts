import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { UserId } from '../domain/ids.ts';
import type { DurationMs } from '../domain/instant.ts';
import {
  bodyDigestMemo,
  type CarrierEventsInput,
  carrierEventsWorkflow,
  carrierEventsWorkflowId,
} from '../workflows/carrier-events/contract.ts';
import { type ImportUsersInput, importWorkflow, importWorkflowId } from '../workflows/import/contract.ts';
import { type MailInput, mailWorkflow, mailWorkflowId } from '../workflows/mail/contract.ts';
import {
  historyChangedSignal,
  type NumberLifeInput,
  numberLifeWorkflow,
  numberLifeWorkflowId,
} from '../workflows/number/contract.ts';
import {
  type RegistrationInput,
  registrationWorkflow,
  registrationWorkflowId,
} from '../workflows/registration/contract.ts';
import { mainTaskQueue } from '../workflows/task-queues.ts';
import {
  type ChangePhoneInput,
  type CloseUserInput,
  changePhoneWorkflow,
  closeUserWorkflow,
  closingMemo,
  userChangeMemo,
  userWorkflowId,
} from '../workflows/user/contract.ts';

/**
 * What came of handing a carrier's call over: taken now, taken before with the same body, or taken before with another
 * body under the same `webhook-id`.
 */
export type TakenIn = 'taken' | 'repeated' | 'reused';

/** The status of a workflow as people see it; `unknown` while the server doesn't answer. */
export type WorkflowStatus =
  | 'running'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'continued-as-new'
  | 'timed-out'
  | 'unknown';

/** What the API asks of the workflow server. */
export interface Workflows {
  /** Makes a carrier's call durable. Rejects when the server doesn't take it: then it may not have been taken. */
  takeInCarrierEvents(input: CarrierEventsInput, bodyDigest: string): Promise<TakenIn>;
  /** Has an import run that was received whole. Rejects when the server doesn't answer: then the sweep has it run. */
  runImport(input: ImportUsersInput): Promise<void>;
  /**
   * Has a registration go on that needs a verdict. Rejects when the server doesn't answer within a second: then the sweep
   * has it go on.
   */
  runRegistration(input: RegistrationInput): Promise<void>;
  /**
   * Has the life of a number look again, starting it where it sleeps in the store only. Rejects when the server doesn't
   * answer: then the sweep has it look.
   */
  wakeNumber(input: NumberLifeInput): Promise<void>;
  /**
   * Waits for the end of the workflow under an id, for as long as given. True when it ended, however it did; false when
   * it runs still, or the server doesn't answer.
   */
  hasEnded(workflowId: string, within: DurationMs): Promise<boolean>;
  /**
   * Has a user closed that asked for it, if it isn't being closed already. `busy` when something else changes its phone.
   * Rejects when the server doesn't answer: then the sweep has it closed.
   */
  closeUser(input: CloseUserInput): Promise<'started' | 'busy'>;
  /**
   * Has a change of phone go on, if it doesn't already. `busy` when the user's phone is being changed to another one, or
   * the user is being closed. Rejects when the server doesn't answer: then the sweep has it go on.
   */
  changePhone(input: ChangePhoneInput): Promise<'started' | 'busy'>;
  /** Has a mail sent that is owed. Rejects when the server doesn't answer: then the sweep has it sent. */
  deliverMail(input: MailInput): Promise<void>;
  /** The status of the last workflow under an id; null when there is none. */
  statusOf(workflowId: string): Promise<WorkflowStatus | null>;
  /** Whether somebody polls the main task queue. Rejects when the server doesn't answer. */
  hasPollers(): Promise<boolean>;
}

/** A province waits for this answer, and will call again: better soon than late. */
const takeInWithin: DurationMs = 5_000;

/** An import is not lost when it isn't started at once, and its caller has waited long. */
const startWithin: DurationMs = 5_000;

/** Somebody waits for an answer that doesn't depend on this, and the sweep comes to the number in any case. */
const wakeWithin: DurationMs = 1_000;

/** Somebody waits for an answer within two seconds, with or without the outcome. */
const runWithin: DurationMs = 1_000;

/** Somebody looks at a screen: without an answer in this time the status is shown as unknown. */
const describeWithin: DurationMs = 2_000;

/** The server remembers a poller for five minutes. One that is alive comes again when its long poll of 60 s is over. */
const polledWithin: DurationMs = 90_000;

/** Our words for `WorkflowExecutionStatus`. */
const statusNames: Readonly<Record<string, WorkflowStatus>> = {
  RUNNING: 'running',
  PAUSED: 'paused',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  CONTINUED_AS_NEW: 'continued-as-new',
  TIMED_OUT: 'timed-out',
};

/** `temporal.api.enums.v1.TaskQueueType` */
const workflowTaskQueue = 1;

/** The API's calls to the Temporal server. */
export function createWorkflows(client: Client): Workflows {
  const within = <T>(length: DurationMs, call: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + length, call);

  /** Whether the call that was taken under an id had this body. */
  const isRepetition = (description: WorkflowExecutionDescription, bodyDigest: string): boolean =>
    description.memo?.[bodyDigestMemo] === bodyDigest;

  /** Starts what changes a user's phone, unless something else does so under the same id. */
  const changeUser = async (
    type: string,
    { input, memo }: { input: { readonly userId: UserId }; memo: string },
  ): Promise<'started' | 'busy'> => {
    const workflowId = userWorkflowId(input.userId);
    // One deadline for both calls: somebody waits for an answer.
    const until = Date.now() + runWithin;
    try {
      await client.withDeadline(until, () =>
        client.workflow.start(type, {
          workflowId,
          taskQueue: mainTaskQueue,
          args: [input],
          memo: { [userChangeMemo]: memo },
        }),
      );
      return 'started';
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const running = await client.withDeadline(until, () =>
        client.workflow.getHandle(workflowId).describe(),
      );
      return running.memo?.[userChangeMemo] === memo ? 'started' : 'busy';
    }
  };

  return {
    async takeInCarrierEvents(input, bodyDigest) {
      const workflowId = carrierEventsWorkflowId(input);
      try {
        await within(takeInWithin, () =>
          client.workflow.start(carrierEventsWorkflow, {
            workflowId,
            taskQueue: mainTaskQueue,
            args: [input],
            memo: { [bodyDigestMemo]: bodyDigest },
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowIdConflictPolicy: 'FAIL',
          }),
        );
        return 'taken';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const description = await within(takeInWithin, () =>
          client.workflow.getHandle(workflowId).describe(),
        );
        return isRepetition(description, bodyDigest) ? 'repeated' : 'reused';
      }
    },

    async runImport(input) {
      try {
        await within(startWithin, () =>
          client.workflow.start(importWorkflow, {
            workflowId: importWorkflowId(input.importId),
            taskQueue: mainTaskQueue,
            args: [input],
          }),
        );
      } catch (error) {
        // The sweep was faster.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async runRegistration(input) {
      try {
        await within(runWithin, () =>
          client.workflow.start(registrationWorkflow, {
            workflowId: registrationWorkflowId(input.registrationId),
            taskQueue: mainTaskQueue,
            args: [input],
          }),
        );
      } catch (error) {
        // The sweep was faster, or the request came twice.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async hasEnded(workflowId, length) {
      try {
        await within(length, () => client.workflow.getHandle(workflowId).result());
        return true;
      } catch (error) {
        return error instanceof WorkflowFailedError;
      }
    },

    changePhone: (input) => changeUser(changePhoneWorkflow, { input, memo: input.changeId }),

    closeUser: (input) => changeUser(closeUserWorkflow, { input, memo: closingMemo }),

    async wakeNumber(input) {
      await within(wakeWithin, () =>
        client.workflow.signalWithStart(numberLifeWorkflow, {
          workflowId: numberLifeWorkflowId(input.numberKey),
          taskQueue: mainTaskQueue,
          args: [input],
          signal: historyChangedSignal,
          signalArgs: [{ correlator: input.correlator }],
        }),
      );
    },

    async deliverMail(input) {
      try {
        await within(startWithin, () =>
          client.workflow.start(mailWorkflow, {
            workflowId: mailWorkflowId(input.tokenId),
            taskQueue: mainTaskQueue,
            args: [input],
          }),
        );
      } catch (error) {
        // The sweep was faster.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async statusOf(workflowId) {
      try {
        const { status } = await within(describeWithin, () =>
          client.workflow.getHandle(workflowId).describe(),
        );
        return statusNames[status.name] ?? 'unknown';
      } catch (error) {
        return error instanceof WorkflowNotFoundError ? null : 'unknown';
      }
    },

    async hasPollers() {
      const { pollers } = await within(describeWithin, () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: mainTaskQueue },
          taskQueueType: workflowTaskQueue,
        }),
      );
      const since = Date.now() - polledWithin;
      return (pollers ?? []).some(({ lastAccessTime }) => (optionalTsToMs(lastAccessTime) ?? 0) >= since);
    },
  };
}
