import { expectFault, type FaultRow, faultsOf } from './registry-faults.ts';
import { parse, registryText } from './registry-text.ts';

const SYSTEM = 'provinces[0].systems[0]';

const rows: FaultRow[] = [
  {
    what: 'an id that fits in no URL',
    change: ['- id: mobile-5g', '- id: Mobile_5G'],
    beside: ['system: mobile-5g', 'system: fixed'],
    at: 'Mobile_5G',
    path: `${SYSTEM}.id`,
    says: 'an id is lower-case letters, digits and single hyphens',
  },
  {
    what: 'an unknown dialect',
    change: ['json-http', 'carrier-pigeon'],
    at: 'carrier-pigeon',
    path: `${SYSTEM}.dialect`,
    says: 'unknown dialect: there is json-http',
  },
  {
    what: 'an unknown setting',
    change: ['kind: mobile', 'kind: mobile\n        retries: 3'],
    at: 'retries',
    path: `${SYSTEM}.retries`,
    says: 'there is no such setting',
  },
  {
    what: 'a setting of the wrong type',
    change: ['restartsOnTransfer: true', 'restartsOnTransfer: often'],
    at: 'often',
    path: 'provinces[0].restartsOnTransfer',
    says: 'Invalid input: expected boolean, received string',
  },
  {
    what: 'a setting left out',
    change: ['    trackedSince: 2020-01-01\n', ''],
    at: 'id: sichuan',
    path: 'provinces[0].trackedSince',
    says: 'missing',
  },
  {
    what: 'a setting twice',
    change: ['kind: mobile', 'kind: mobile\n        kind: mobile'],
    at: 'kind: mobile\n        dialect',
    path: '',
    says: 'not good YAML: duplicate key',
  },
  {
    what: 'no YAML',
    change: ['burst: 20 }', 'burst: 20'],
    at: 'timeouts',
    path: '',
    says: 'not good YAML: bad indent',
  },
  {
    what: 'an impossible day',
    change: ['2020-01-01', '2020-02-30'],
    at: '2020-02-30',
    path: 'provinces[0].trackedSince',
    says: 'No such date',
  },
  {
    what: 'a duration in months',
    change: ['    trackedSince', '    freeze: P3M\n    trackedSince'],
    at: 'P3M',
    path: 'provinces[0].freeze',
    says: 'Not an ISO 8601 duration in weeks, days, hours, minutes and seconds',
  },
  {
    what: 'a policy that is none',
    change: ['    trackedSince', '    identityMismatch: maybe\n    trackedSince'],
    at: 'maybe',
    path: 'provinces[0].identityMismatch',
    says: 'Invalid option: expected one of "refuse"|"keep"',
  },
  {
    what: 'an unknown time zone',
    change: ['    trackedSince', '    timeZone: Asia/Chengdu\n    trackedSince'],
    at: 'Asia/Chengdu',
    path: 'provinces[0].timeZone',
    says: 'not a time zone of the IANA database',
  },
  {
    what: 'an offset for a time zone',
    change: ['    trackedSince', '    timeZone: "+08:00"\n    trackedSince'],
    at: '"+08:00"',
    path: 'provinces[0].timeZone',
    says: 'not a time zone of the IANA database',
  },
  {
    what: 'no URL',
    change: ['http://127.0.0.1:3100/carrier/sichuan/mobile-5g', 'sichuan.example'],
    at: 'sichuan.example',
    path: `${SYSTEM}.baseUrl`,
    says: 'not a URL',
  },
  {
    what: 'plain http to another host',
    change: ['http://127.0.0.1:3100/carrier/sichuan/oauth/token', 'http://127.0.0.1.example/token'],
    at: 'http://127.0.0.1.example/token',
    path: `${SYSTEM}.tokenUrl`,
    says: 'must be https; plain http is for loopback hosts and those of plainHttpHosts',
  },
  {
    what: 'a password in a URL',
    change: ['http://127.0.0.1:3100/carrier/sichuan/mobile-5g', 'https://me:pass@sichuan.example/'],
    at: 'https://me:pass@sichuan.example/',
    path: `${SYSTEM}.baseUrl`,
    says: 'must have no user, password, query or fragment',
  },
  {
    what: 'a rate of nothing',
    change: ['perSecond: 50', 'perSecond: 0'],
    at: '0, burst',
    path: `${SYSTEM}.rateLimit.perSecond`,
    says: 'Too small: expected number to be >0',
  },
  {
    what: 'a secret in no place',
    change: ['{ value: open-sesame }', '{ }'],
    at: '{ }',
    path: `${SYSTEM}.credentials.clientSecret`,
    says: 'a secret is given by exactly one of value, env and file',
  },
  {
    what: 'a secret in two places',
    change: ['{ value: open-sesame }', '{ value: open-sesame, env: FIXED_SECRET }'],
    at: '{ value: open',
    path: `${SYSTEM}.credentials.clientSecret`,
    says: 'a secret is given by exactly one of value, env and file',
  },
  {
    what: 'an empty secret',
    change: ['{ value: open-sesame }', '{ value: "" }'],
    at: '{ value: "" }',
    path: `${SYSTEM}.credentials.clientSecret`,
    says: 'the secret is empty',
  },
  {
    what: 'a secret in a variable that is not set',
    change: ['{ env: FIXED_SECRET }', '{ env: NO_SUCH_SECRET }'],
    at: '{ env: NO_SUCH_SECRET }',
    path: 'provinces[0].systems[1].webhookSecrets[0]',
    says: 'this environment variable is not set',
  },
  {
    what: 'a secret in a file that is not there',
    change: ['{ value: open-sesame }', '{ file: secrets/sichuan }'],
    at: '{ file: secrets/sichuan }',
    path: `${SYSTEM}.credentials.clientSecret`,
    says: 'this file cannot be read',
  },
  {
    what: 'a webhook secret without its prefix',
    change: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    at: '{ value: MfKQ',
    path: `${SYSTEM}.webhookSecrets[0]`,
    says: 'a webhook secret is whsec_ and the base64 of 24 to 64 bytes',
  },
  {
    what: 'a webhook secret that is not base64',
    change: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La_-Sw'],
    at: '{ value: whsec_MfKQ',
    path: `${SYSTEM}.webhookSecrets[0]`,
    says: 'a webhook secret is whsec_ and the base64 of 24 to 64 bytes',
  },
  {
    what: 'a webhook secret that is too short',
    change: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ='],
    at: '{ value: whsec_MfKQ',
    path: `${SYSTEM}.webhookSecrets[0]`,
    says: 'a webhook secret is whsec_ and the base64 of 24 to 64 bytes',
  },
  {
    what: 'three webhook secrets',
    change: [
      '[ { env: FIXED_SECRET } ]',
      '[ { env: FIXED_SECRET }, { value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx }, { value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSy } ]',
    ],
    at: '[ { env: FIXED_SECRET }, {',
    path: 'provinces[0].systems[1].webhookSecrets',
    says: 'at most two secrets, while one replaces the other',
  },
  {
    what: 'a prefix of another country',
    change: ['"+861380"', '"+85290"'],
    at: '"+85290"',
    path: 'segments[1].prefix',
    says: 'a prefix is the beginning of a number of +86 in E.164',
  },
  {
    what: 'a prefix that YAML takes for a number',
    change: ['"+861380"', '+861380'],
    at: '+861380',
    path: 'segments[1].prefix',
    says: 'a prefix is text: put it in quotes',
  },
];

describe('shape of a registry', () => {
  it.each(rows)('$what → refused with its place', expectFault);

  it('the message → names the file, and each fault on a line with its place', () => {
    expect(() => parse(registryText.replace('json-http', 'telex'))).toThrow(
      'registry.yaml is refused:\n  9:18 provinces[0].systems[0].dialect: unknown dialect: there is json-http',
    );
  });

  it.each(['', '[]', 'provinces: 7', 'just words'])('a text that is no registry (%j) → refused', (text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });
});
