import { parseConfig, systemOf } from '../../simulator/config.ts';
import { provinces } from './provinces.ts';

describe('parseConfig', () => {
  it('a province without a time zone, a system with few capabilities → China’s, and nothing else', () => {
    const config = parseConfig(provinces('http://127.0.0.1:3000'));
    expect(config.provinces.sichuan?.timeZone).toBe('Asia/Shanghai');
    expect(config.provinces.sichuan?.systems.broadband?.capabilities).toEqual({
      joinDate: 'absent',
      recycledSince: false,
      match: false,
      binding: true,
      bills: true,
      events: false,
      snapshots: false,
    });
  });

  it('many faults → all of them named, none of the values', () => {
    const secret = 'not base64!';
    const wrong = {
      port: 70_000,
      smtpPort: '25',
      dataFile: '',
      linekeeperUrl: 'linekeeper',
      provinces: {
        sichuan: {
          clientId: 'linekeeper',
          timeZone: 'Asia/Chengdu',
          systems: {
            'mobile-5g': { kind: 'satellite', webhookSecret: secret, capabilities: { joindate: 'day' } },
          },
        },
      },
      more: true,
    };
    const message = messageOf(() => parseConfig(wrong));
    for (const path of [
      'port',
      'smtpPort',
      'dataFile',
      'linekeeperUrl',
      'provinces.sichuan.clientSecret',
      'provinces.sichuan.timeZone',
      'provinces.sichuan.systems.mobile-5g.kind',
      'provinces.sichuan.systems.mobile-5g.webhookSecret',
      'provinces.sichuan.systems.mobile-5g.capabilities',
      '(all)',
    ]) {
      expect(message).toContain(`  ${path}: `);
    }
    expect(message).not.toContain(secret);
  });
});

describe('systemOf', () => {
  const config = parseConfig(provinces('http://127.0.0.1:3000'));

  it('a system that is there → its configuration', () => {
    expect(systemOf(config, { province: 'beijing', system: 'fixed' })?.kind).toBe('fixed');
  });

  it.each([
    ['atlantis', 'fixed'],
    ['beijing', 'mobile-9g'],
    ['__proto__', 'fixed'],
    ['beijing', 'constructor'],
  ])('%s/%s → undefined', (province, system) => {
    expect(systemOf(config, { province, system })).toBeUndefined();
  });
});

function messageOf(step: () => unknown): string {
  try {
    step();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}
