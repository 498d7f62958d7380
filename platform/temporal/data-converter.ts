import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from '../keys.ts';
import { createPayloadCodec } from './payload-codec.ts';

/** Where the failure converter lies; `bundleWorkflowCode` needs it as `failureConverterPath`, like every data converter. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/**
 * Makes what every client and worker converts data with: payloads encrypted under the ring, failures' messages and
 * stack traces among them. All of a deployment must have the same keys.
 */
export function createDataConverter(ring: KeyRing): DataConverter {
  return { failureConverterPath, payloadCodecs: [createPayloadCodec(ring)] };
}
