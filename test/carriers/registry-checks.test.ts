import { expectFault, type FaultRow, faultsOf } from './registry-faults.ts';
import { registryText } from './registry-text.ts';

const SYSTEM = 'provinces[0].systems[0]';
const between = (from: string, to: string): string =>
  registryText.slice(registryText.indexOf(from), registryText.indexOf(to));
const otherSecret = '{ value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx }';
const sichuanAgain =
  between('\n  - id: sichuan', '      - id: mobile-5g') +
  between('      - id: fixed', 'segments:').replace('{ env: FIXED_SECRET }', otherSecret);

const rows: FaultRow[] = [
  {
    what: 'a province twice',
    change: ['\nsegments:', `${sichuanAgain}segments:`],
    at: 'sichuan\n    name',
    last: true,
    path: 'provinces[1].id',
    says: 'stands here a second time (first 2:9)',
  },
  {
    what: 'a system twice',
    change: ['- id: fixed', '- id: mobile-5g'],
    beside: ['system: fixed', 'system: mobile-5g'],
    at: 'mobile-5g\n        kind: fixed',
    path: 'provinces[0].systems[1].id',
    says: 'stands here a second time (first 7:13)',
  },
  {
    what: 'a webhook secret that two systems share',
    change: ['{ env: FIXED_SECRET }', '{ value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }'],
    at: '{ value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }',
    last: true,
    path: 'provinces[0].systems[1].webhookSecrets[0]',
    says: 'stands here a second time (first 13:27)',
  },
  {
    what: 'reports without a webhook secret',
    change: ['        webhookSecrets: [ { env: FIXED_SECRET } ]\n', ''],
    at: 'id: fixed',
    path: 'provinces[0].systems[1].webhookSecrets',
    says: 'missing: events come signed',
  },
  {
    what: 'a system that can neither be asked nor reports',
    change: ['capabilities: { events: true }', 'capabilities: { }'],
    at: 'id: fixed',
    path: 'provinces[0].systems[1]',
    says: 'there is no way to reach this system: it is neither asked nor reports',
  },
  {
    what: 'something to ask and nowhere to ask it',
    change: [
      between('        dialect', '        capabilities'),
      `        webhookSecrets: [ ${otherSecret} ]\n`,
    ],
    at: 'id: mobile-5g',
    path: `${SYSTEM}.baseUrl`,
    says: 'missing: there is no way to ask for joinDate, match, binding, bills',
  },
  {
    what: 'half a connection',
    change: ['        tokenUrl: http://127.0.0.1:3100/carrier/sichuan/oauth/token\n', ''],
    at: 'id: mobile-5g',
    path: `${SYSTEM}.tokenUrl`,
    says: 'missing: dialect, baseUrl, tokenUrl, credentials, rateLimit go together',
  },
  {
    what: 'a question about phones to lines without',
    change: ['kind: fixed', 'kind: broadband'],
    at: 'fixed }',
    path: 'segments[1].system',
    says: 'a broadband system has no phone numbers',
  },
  {
    what: 'a segment of no province',
    change: ['"+86138", province: sichuan', '"+86138", province: atlantis'],
    at: 'atlantis',
    path: 'segments[0].province',
    says: 'there is no such province',
  },
  {
    what: 'a segment of no system',
    change: ['sichuan, system: mobile-5g', 'sichuan, system: mobile-6g'],
    at: 'mobile-6g',
    path: 'segments[0].system',
    says: 'this province has no such system',
  },
  {
    what: 'a prefix twice',
    change: ['"+861380"', '"+86138"'],
    at: '"+86138"',
    last: true,
    path: 'segments[1].prefix',
    says: 'stands here a second time (first 23:15)',
  },
];

describe('what a registry names in several places', () => {
  it.each(rows)('$what → refused with its place', expectFault);

  it('a broadband system that is asked by phone → every such capability refused', () => {
    const text = registryText.replace('kind: mobile', 'kind: broadband');
    expect(faultsOf(text).map(({ path }) => path)).toEqual([
      `${SYSTEM}.capabilities.joinDate`,
      `${SYSTEM}.capabilities.match`,
      'segments[0].system',
    ]);
  });

  it('many faults of every sort → all of them, in the order of the file', () => {
    const text = registryText
      .replace('zh: 四川, ', '')
      .replace('kind: mobile', 'kind: pager')
      .replace('PT1.5S', 'soon')
      .replace('- id: fixed', '- id: mobile-5g')
      .replace('FIXED_SECRET', 'ABSENT')
      .replace('system: fixed', 'system: fixed, colour: red');
    expect(faultsOf(text).map(({ path }) => path)).toEqual([
      'provinces[0].name.zh',
      `${SYSTEM}.kind`,
      `${SYSTEM}.timeouts.call`,
      'provinces[0].systems[1].id',
      'provinces[0].systems[1].webhookSecrets[0]',
      'segments[1].system',
      'segments[1].colour',
    ]);
  });
});
