import { z } from 'zod';
import { type VerificationPurpose, verificationPurposes } from '../domain/verification-code.ts';

/** Who carries messages to phones, and how it is reached. */
export type SmsConfig =
  /** Any gateway that takes signed calls; docs/operations.md has the protocol. `secret` as in Standard Webhooks. */
  | { provider: 'webhook'; url: string; secret: string }
  | {
      provider: 'alibaba-cloud';
      url: string;
      accessKeyId: string;
      accessKeySecret: string;
      /** The signature that was approved for the account (签名), as it stands in front of each message. */
      signName: string;
      /** The approved template of each purpose (模板 CODE). */
      templates: Record<VerificationPurpose, string>;
    };

/** The one endpoint of Alibaba Cloud for all of mainland China. */
const alibabaCloudUrl = 'https://dysmsapi.aliyuncs.com';

/** 24 to 64 bytes in base64 behind a prefix, as Standard Webhooks asks for. */
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

/** Templates by purpose, `login=SMS_1,register=SMS_2`; one without a purpose is that of all that aren't named. */
const TEMPLATES = /^(?:([a-z-]+)=)?(\w{1,40})$/;

/** Codes go in clear through this call: without TLS only to this machine or to a container's name, which no public host has. */
const isSafe = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return true;
  const isNear = /^([^.:]+|\[::1\]|127(\.\d{1,3}){3})$/.test(hostname);
  return protocol === 'http:' && isNear;
};

/** The variables about messages to phones. */
export const smsVariables = {
  LINEKEEPER_SMS_PROVIDER: z
    .enum(['webhook', 'alibaba-cloud'], { error: 'is neither webhook nor alibaba-cloud' })
    .default('webhook'),
  LINEKEEPER_SMS_URL: z
    .string()
    .refine(isSafe, 'is not an https:// address, nor an http:// one of this machine or of a container')
    .optional(),
  LINEKEEPER_SMS_SECRET: z.string().optional(),
  LINEKEEPER_SMS_ACCESS_KEY_ID: z.string().optional(),
  LINEKEEPER_SMS_SIGN_NAME: z.string().optional(),
  LINEKEEPER_SMS_TEMPLATES: z
    .string()
    .transform((text, context) => {
      const templates = templatesFrom(text);
      if (templates) return templates;
      context.addIssue({ code: 'custom', message: 'does not name a template for every purpose' });
      return z.NEVER;
    })
    .optional(),
};

type SmsVariable = keyof typeof smsVariables;
type SmsValues = z.output<z.ZodObject<typeof smsVariables>>;

/** What is needed beside the provider's name. */
const needs: Record<SmsConfig['provider'], readonly SmsVariable[]> = {
  webhook: ['LINEKEEPER_SMS_URL', 'LINEKEEPER_SMS_SECRET'],
  'alibaba-cloud': [
    'LINEKEEPER_SMS_SECRET',
    'LINEKEEPER_SMS_ACCESS_KEY_ID',
    'LINEKEEPER_SMS_SIGN_NAME',
    'LINEKEEPER_SMS_TEMPLATES',
  ],
};

/** What is missing or wrong for a provider, by variable; no fault repeats a value. */
export function smsFaults(given: Partial<Record<string, string>>): Map<string, string> {
  const faults = new Map<string, string>();
  const provider = given.LINEKEEPER_SMS_PROVIDER === 'alibaba-cloud' ? 'alibaba-cloud' : 'webhook';
  for (const variable of needs[provider]) {
    if (given[variable] === undefined) faults.set(variable, 'is missing');
  }
  const secret = given.LINEKEEPER_SMS_SECRET;
  if (provider === 'webhook' && secret !== undefined && !WEBHOOK_SECRET.test(secret)) {
    faults.set('LINEKEEPER_SMS_SECRET', 'is not whsec_ and the base64 of 24 to 64 bytes');
  }
  return faults;
}

/** The configuration that the checked values stand for. */
export function smsConfigOf(values: SmsValues): SmsConfig {
  const secret = values.LINEKEEPER_SMS_SECRET ?? '';
  if (values.LINEKEEPER_SMS_PROVIDER === 'webhook') {
    return { provider: 'webhook', url: values.LINEKEEPER_SMS_URL ?? '', secret };
  }
  return {
    provider: 'alibaba-cloud',
    url: values.LINEKEEPER_SMS_URL ?? alibabaCloudUrl,
    accessKeyId: values.LINEKEEPER_SMS_ACCESS_KEY_ID ?? '',
    accessKeySecret: secret,
    signName: values.LINEKEEPER_SMS_SIGN_NAME ?? '',
    templates: values.LINEKEEPER_SMS_TEMPLATES ?? forAll(''),
  };
}

const forAll = (template: string): Record<VerificationPurpose, string> => ({
  register: template,
  login: template,
  'reset-password': template,
  'change-phone': template,
  recover: template,
});

function templatesFrom(text: string): Record<VerificationPurpose, string> | null {
  const parts = text.split(',').map((part) => TEMPLATES.exec(part.trim()));
  if (parts.includes(null)) return null;
  const named = new Map(parts.map((part) => [part?.[1] ?? '', part?.[2] ?? '']));
  const isKnown = (name: string) => name === '' || verificationPurposes.some((purpose) => purpose === name);
  if (named.size !== parts.length || ![...named.keys()].every(isKnown)) return null;
  const templates = forAll(named.get('') ?? '');
  for (const purpose of verificationPurposes) templates[purpose] = named.get(purpose) ?? templates[purpose];
  return Object.values(templates).includes('') ? null : templates;
}
