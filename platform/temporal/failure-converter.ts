import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts messages and stack traces of failures into a payload, which the payload codec then encrypts: left alone they
 * stand in clear text in histories. Loaded by path, also within the workflow bundle; so this file imports nothing else.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
