import { parseRegistry, type Registry } from '../../carriers/registry.ts';

/** A small registry with one of everything; tests change single lines of it. */
export const registryText = `provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    restartsOnTransfer: true
    systems:
      - id: mobile-5g
        kind: mobile
        dialect: json-http
        baseUrl: http://127.0.0.1:3100/carrier/sichuan/mobile-5g
        tokenUrl: http://127.0.0.1:3100/carrier/sichuan/oauth/token
        credentials: { clientId: linekeeper, clientSecret: { value: open-sesame } }
        webhookSecrets: [ { value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw } ]
        rateLimit: { perSecond: 50, burst: 20 }
        timeouts: { call: PT1.5S }
        breaker: { failures: 3, resetAfter: PT30S }
        capabilities: { joinDate: second, match: true, binding: true, bills: true, events: true }
      - id: fixed
        kind: fixed
        webhookSecrets: [ { env: FIXED_SECRET } ]
        capabilities: { events: true }
segments:
  - { prefix: "+86138", province: sichuan, system: mobile-5g }
  - { prefix: "+861380", province: sichuan, system: fixed }
`;

/** What the text refers to. */
export const registryEnv = { FIXED_SECRET: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDb2Zm' };

/** Parses a registry as at the start of a process whose folder holds no files. */
export function parse(text: string, freeze?: number): Registry {
  return parseRegistry({ text, source: 'registry.yaml', folder: '/nowhere', env: registryEnv, freeze });
}
