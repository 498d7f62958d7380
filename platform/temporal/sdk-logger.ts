import type { Logger as SdkLogger } from '@temporalio/common';
import type { Logger } from '../logger.ts';

/**
 * Lets the Temporal SDK log through our logger, for `Runtime.install({ logger })`. Its own would write messages of
 * failed activities and workflows, decrypted, to stderr without any redaction.
 */
export function createSdkLogger(logger: Logger): SdkLogger {
  const sdk = logger.child({ component: 'temporal-sdk' });
  const write = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: object) =>
    sdk[level](meta ?? {}, message);
  const levels = {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const byName = {
    TRACE: levels.trace,
    DEBUG: levels.debug,
    INFO: levels.info,
    WARN: levels.warn,
    ERROR: levels.error,
  };
  return { ...levels, log: (level, message, meta) => byName[level](message, meta) };
}
