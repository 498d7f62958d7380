import { z } from 'zod';
import { asVerificationId } from '../../domain/ids.ts';
import { verificationPurposes } from '../../domain/verification-code.ts';
import { time } from './primitives.ts';

/** What a code is asked for. */
const purpose = z.enum(verificationPurposes).meta({ description: 'A code opens nothing of another purpose' });

const verificationId = z.string().meta({ example: '6f1f9f0e-6b0a-4b7e-9d0b-0d6a3a7d9a11' });

/** The verification that a code belongs to, in a request body. An unknown one is answered as a wrong code. */
export const verificationIdField = z
  .string()
  .min(1)
  .max(64)
  .meta({
    description: 'As given by `POST /v1/verification-codes`',
    example: '6f1f9f0e-6b0a-4b7e-9d0b-0d6a3a7d9a11',
  })
  .transform(asVerificationId);

/** A code, in a request body. One that isn't of six digits is answered as a wrong code. */
export const codeField = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'The six digits that the phone received', example: '482913' });

/** What is asked of `POST /v1/verification-codes`, beside the phone. */
export const purposeField = purpose;

/** Its answer. */
export const verificationSchema = z
  .strictObject({ verificationId, expiresAt: time })
  .meta({ id: 'VerificationCode' });
