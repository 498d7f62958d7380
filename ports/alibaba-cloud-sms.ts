import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { VerificationPurpose } from '../domain/verification-code.ts';
import { signedHeaders } from './alibaba-cloud-signature.ts';
import { type Sms, SmsError, type SmsPort } from './sms.ts';
import { postSms } from './sms-call.ts';

/** The API's version; it has had no other since 2017. */
const version = '2017-05-25';

const answerSchema = z.object({ Code: z.string() });

/** What a code may consist of, so that it can stand in a log line: nothing of a request is repeated by it. */
const ERROR_CODE = /^[A-Za-z][\w.-]{0,80}$/;

/**
 * Codes that say “not now” (https://help.aliyun.com/document_detail/101346.html, and the common ones of all of Alibaba
 * Cloud's APIs). `BUSINESS_LIMIT_CONTROL` is the provider's own limit for one phone: waiting a minute helps, trying
 * again at once only counts against it.
 */
const NOT_NOW = /^(isp\.SYSTEM_ERROR|ServiceUnavailable|InternalError|SystemError|Throttling(\..+)?)$/;

/**
 * Hands messages to Alibaba Cloud SMS (阿里云短信服务, `SendSms` of 2017-05-25) by its signature V3. It takes no text: the
 * approved template of a purpose is filled in with the parameter `code`. `OutId` carries the idempotency key into its
 * records, but it doesn't tell doubles by it.
 */
export function createAlibabaCloudSms({
  url,
  accessKeyId,
  accessKeySecret,
  signName,
  templates,
  now = Date.now,
  nonce = randomUUID,
  timeout,
}: {
  url: string;
  accessKeyId: string;
  accessKeySecret: string;
  signName: string;
  templates: Readonly<Record<VerificationPurpose, string>>;
  now?: () => Instant;
  /** A text that never comes twice. */
  nonce?: () => string;
  timeout?: DurationMs;
}): SmsPort {
  const { host, origin } = new URL(url);
  return {
    async send({ to, template, idempotencyKey }: Sms) {
      // In the body and not in the query, which servers and proxies on the way may log.
      const body = new URLSearchParams({
        PhoneNumbers: to,
        SignName: signName,
        TemplateCode: templates[template.purpose],
        TemplateParam: JSON.stringify({ code: template.code }),
        OutId: idempotencyKey,
      }).toString();
      const { host: _, ...headers } = signedHeaders({
        accessKeyId,
        accessKeySecret,
        method: 'POST',
        host,
        action: 'SendSms',
        version,
        contentType: 'application/x-www-form-urlencoded',
        body,
        at: now(),
        nonce: nonce(),
      });
      readAnswer(await postSms({ url: `${origin}/`, headers, body, timeout }));
    },
  };
}

/** Refusals come with status 200 too: only the code `OK` is a message taken. */
function readAnswer({ status, text }: { status: number; text: string }): void {
  const code = codeOf(text);
  if (status === 200 && code === 'OK') return;
  const isTransient = status >= 500 || status === 429 || (code !== undefined && NOT_NOW.test(code));
  const facts =
    code !== undefined && ERROR_CODE.test(code) ? `status ${status}, code ${code}` : `status ${status}`;
  throw new SmsError(
    isTransient ? 'transient' : 'permanent',
    `Alibaba Cloud did not take a message (${facts})`,
  );
}

function codeOf(text: string): string | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data?.Code;
  } catch {
    return undefined;
  }
}
