import { judgeClaim } from '../../domain/verdict.ts';
import { day, inUse, nothingAsked, onlySince, port, q, type Row, since } from './verdict-cases.ts';

const ports: Row[] = [
  [
    'joined later on a number ported in unreported',
    { line: inUse(day('2026-08-01'), { portedIn: true }) },
    'undecided',
    'ported-unreported',
  ],
  [
    'joined earlier on a number ported in',
    { line: inUse(day('2026-01-01'), { portedIn: true }) },
    'current',
    'joined-earlier',
  ],
  [
    'recycled since, on a number ported in unreported',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      recycledSince: [since('2026-06-15', true)],
    },
    'undecided',
    'ported-unreported',
  ],
  [
    'joined on the day of a reported port',
    { line: inUse(day('2026-08-01'), { portedIn: true }), port },
    'current',
    'port-continues',
  ],
  [
    'joined at the date that the port was reported with',
    { line: inUse(day('2026-08-03'), { portedIn: true }), port: { ...port, joined: day('2026-08-03') } },
    'current',
    'port-continues',
  ],
  [
    'joined after the reported port',
    { line: inUse(day('2026-10-01'), { portedIn: true }), port },
    'recycled',
    'joined-later',
  ],
  [
    'joined between the claim and the reported port',
    { line: inUse(day('2026-07-01'), { portedIn: true }), port },
    'recycled',
    'joined-later',
  ],
  [
    'joined in a band with the reported port in it',
    { line: inUse({ precision: 'months', from: '2026-08-01', to: '2026-08-31' }, { portedIn: true }), port },
    'undecided',
    'port-unclear',
  ],
  [
    'joined on the day of a port, the claim older than the reports',
    {
      line: inUse(day('2026-08-01'), { portedIn: true }),
      port,
      province: { ...nothingAsked.province, trackedSince: '2026-07-01' },
    },
    'undecided',
    'port-unclear',
  ],
  [
    '"since" answers that put it on the day of the port',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', false), since('2026-07-31', true)],
    },
    'current',
    'port-continues',
  ],
  [
    '"since" answers that put it after the port',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', true)],
    },
    'recycled',
    'joined-later',
  ],
  [
    '"since" answers that put it before the port',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', false), since('2026-07-31', false)],
    },
    'recycled',
    'joined-later',
  ],
];

describe('judgeClaim, of a number that was ported', () => {
  it.each(ports)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});
