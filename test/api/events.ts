import { randomUUID } from 'node:crypto';

/** A cancellation, as Sichuan's mobile-5g reports it; what is given replaces what is here. */
export function cancellation(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/carriers/sichuan/mobile-5g',
    type: 'number.cancelled',
    time: new Date(Date.now() - 60_000).toISOString(),
    data: { phone: '+8613800138000', lineId: 'L-20931' },
    ...changes,
  };
}
