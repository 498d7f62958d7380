import { ApplicationFailure, log, proxyActivities } from '@temporalio/workflow';

/** Activities that the test gives its worker. */
export interface Steps {
  accept(person: { phone: string; name: string }): Promise<string>;
  refuse(person: { phone: string; name: string }): Promise<void>;
}

// One attempt: the test wants the failure itself. 5 s: the steps do nothing.
const { accept, refuse } = proxyActivities<Steps>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

/** Passes a person through every kind of payload a history knows, and fails with their data in the message. */
export async function failAbout(person: { phone: string; name: string }): Promise<void> {
  const accepted = await accept(person);
  log.info(`Accepted ${accepted}`);
  try {
    await refuse(person);
  } catch {
    throw ApplicationFailure.create({
      message: `${person.name} can't keep ${person.phone}`,
      nonRetryable: true,
      details: [person],
    });
  }
}
