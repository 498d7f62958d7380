import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger, type WorkflowBundleOption } from '@temporalio/worker';
import { failureConverterPath } from '../platform/temporal/data-converter.ts';

const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** Where the bundle lies that was built ahead (`node worker/build-bundle.ts`). */
export const bundlePath = fileURLToPath(new URL('../build/workflow-bundle.js', import.meta.url));

/** Bundles the workflows from their sources: some seconds. */
export const bundleWorkflows = (logger?: Logger) =>
  bundleWorkflowCode({ workflowsPath, failureConverterPath, ...(logger ? { logger } : {}) });

/**
 * The workflows' code: in production the bundle that was built ahead, so that every worker of a release runs the same
 * code and starts at once; elsewhere made from the sources. Throws in production when there is none.
 */
export async function workflowBundle(
  env: Record<string, string | undefined>,
  logger: Logger,
): Promise<WorkflowBundleOption> {
  if (env.NODE_ENV !== 'production') return bundleWorkflows(logger);
  if (!existsSync(bundlePath)) {
    throw new Error(
      'There is no workflow bundle: run `node worker/build-bundle.ts` when the release is built',
    );
  }
  return { codePath: bundlePath };
}
