import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import pLimit from 'p-limit';
import type { Mails, Messenger, PhoneRequests, UserChanges } from '../activities/ports.ts';
import { importWorkflow, importWorkflowId } from '../workflows/import/contract.ts';
import { mailWorkflow, mailWorkflowId } from '../workflows/mail/contract.ts';
import { noticeWorkflow, noticeWorkflowId } from '../workflows/notice/contract.ts';
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
  changePhoneWorkflow,
  closeUserWorkflow,
  closingMemo,
  userChangeMemo,
  userWorkflowId,
} from '../workflows/user/contract.ts';

/** Enough to keep a batch from going one by one, few enough to leave the server to others. */
const callsAtOnce = 20;

/** Starts and signals workflows on behalf of steps. */
export function createMessenger(client: Client): Mails & Messenger & PhoneRequests & UserChanges {
  const limit = pLimit(callsAtOnce);
  return {
    async wakeNumbers({ numberKeys, correlator }) {
      await limit.map(numberKeys, async (numberKey) => {
        const input: NumberLifeInput = { numberKey, correlator };
        // Durable even where no worker runs. A life that ended is started again under its id.
        await client.workflow.signalWithStart(numberLifeWorkflow, {
          workflowId: numberLifeWorkflowId(numberKey),
          taskQueue: mainTaskQueue,
          args: [input],
          signal: historyChangedSignal,
          signalArgs: [{ correlator }],
        });
      });
    },

    async deliverNotice({ noticeId, correlator }) {
      try {
        await client.workflow.start(noticeWorkflow, {
          workflowId: noticeWorkflowId(noticeId),
          taskQueue: mainTaskQueue,
          args: [{ noticeId, correlator }],
        });
      } catch (error) {
        // It is being delivered already.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async deliverMail(input) {
      try {
        await client.workflow.start(mailWorkflow, {
          workflowId: mailWorkflowId(input.tokenId),
          taskQueue: mainTaskQueue,
          args: [input],
        });
      } catch (error) {
        // It is being sent already.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async runRegistration(input: RegistrationInput) {
      try {
        await client.workflow.start(registrationWorkflow, {
          workflowId: registrationWorkflowId(input.registrationId),
          taskQueue: mainTaskQueue,
          args: [input],
        });
      } catch (error) {
        // It is running already.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async closeUser({ userId, correlator }) {
      try {
        await client.workflow.start(closeUserWorkflow, {
          workflowId: userWorkflowId(userId),
          taskQueue: mainTaskQueue,
          args: [{ userId, correlator }],
          memo: { [userChangeMemo]: closingMemo },
        });
      } catch (error) {
        // It is being closed already, or its phone is being changed.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async changePhone(input) {
      try {
        await client.workflow.start(changePhoneWorkflow, {
          workflowId: userWorkflowId(input.userId),
          taskQueue: mainTaskQueue,
          args: [input],
          memo: { [userChangeMemo]: input.changeId },
        });
      } catch (error) {
        // It is being changed already, or the user is being closed.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async runImport({ importId, correlator }) {
      try {
        await client.workflow.start(importWorkflow, {
          workflowId: importWorkflowId(importId),
          taskQueue: mainTaskQueue,
          args: [{ importId, correlator }],
        });
      } catch (error) {
        // It is running already.
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
