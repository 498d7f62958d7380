import { parseRegistry } from '../../carriers/registry.ts';

/** Secrets that the systems of the tests sign with. */
export const secrets = {
  sichuan: 'whsec_c2ljaHVhbi1zZWNyZXQtb2YtdGhlLXRlc3RzLTAwMQ==',
  sichuanNext: 'whsec_c2ljaHVhbi1zZWNyZXQtb2YtdGhlLXRlc3RzLTAwMg==',
  guangdong: 'whsec_Z3Vhbmdkb25nLXNlY3JldC1vZi10aGUtdGVzdHMtMDAx',
};

/** The registry as its file. */
export const registryText = `provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    restartsOnTransfer: true
    freeze: P90D
    systems:
      - id: mobile-5g
        kind: mobile
        webhookSecrets: [ { value: ${secrets.sichuan} }, { value: ${secrets.sichuanNext} } ]
        capabilities: { events: true }
  - id: guangdong
    name: { zh: 广东, en: Guangdong }
    trackedSince: 2020-01-01
    identityMismatch: keep
    systems:
      - id: mobile-5g
        kind: mobile
        webhookSecrets: [ { value: ${secrets.guangdong} } ]
        capabilities: { events: true }
segments:
  - { prefix: "+86138", province: sichuan, system: mobile-5g }
  - { prefix: "+86139", province: guangdong, system: mobile-5g }
`;

/** Two provinces: +86138 is Sichuan's, +86139 Guangdong's, and no other number is served. */
export const testRegistry = () =>
  parseRegistry({ text: registryText, source: 'registry.yaml', folder: '/nowhere', env: {} });
