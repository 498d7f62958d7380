import { createHash, createHmac } from 'node:crypto';
import { formatInstant, type Instant } from '../domain/instant.ts';

/** A call of one of Alibaba Cloud's APIs of the RPC style, whose path is always `/`. */
interface Call {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly method: 'POST' | 'GET';
  readonly host: string;
  readonly action: string;
  readonly version: string;
  /** Parameters in the query: sorted by name and percent-encoded by RFC 3986. */
  readonly query?: string;
  readonly contentType?: string;
  readonly body: string;
  readonly at: Instant;
  /** A text that never comes twice. */
  readonly nonce: string;
}

const algorithm = 'ACS3-HMAC-SHA256';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The headers of a call, signed by Alibaba Cloud's signature V3
 * (https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature).
 * Their own client does the same with forty packages behind it, for one call.
 */
export function signedHeaders(call: Call): Record<string, string> {
  const digest = sha256(call.body);
  const headers: Record<string, string> = {
    ...(call.contentType === undefined ? {} : { 'content-type': call.contentType }),
    host: call.host,
    'x-acs-action': call.action,
    'x-acs-content-sha256': digest,
    // Without fractions of a second, which it doesn't take.
    'x-acs-date': formatInstant(Math.floor(call.at / 1_000) * 1_000),
    'x-acs-signature-nonce': call.nonce,
    'x-acs-version': call.version,
  };
  const names = Object.keys(headers).sort();
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = [call.method, '/', call.query ?? '', canonicalHeaders, names.join(';'), digest].join(
    '\n',
  );
  const signature = createHmac('sha256', call.accessKeySecret)
    .update(`${algorithm}\n${sha256(canonical)}`)
    .digest('hex');
  return {
    ...headers,
    authorization: `${algorithm} Credential=${call.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`,
  };
}
