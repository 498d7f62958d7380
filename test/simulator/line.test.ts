import {
  changeLine,
  type Line,
  type LineChange,
  type LineStatus,
  type Tenancy,
} from '../../simulator/books/line.ts';

const holder = { customerId: 'C1', accountId: 'A1' };
const another = { customerId: 'C2', accountId: 'A2' };
const tenancy: Tenancy = { lineId: 'L2', joinedAt: 1_000, endedAt: null, endReason: null, holder };

function lineIn(status: LineStatus, more: Partial<Line> = {}): Line {
  const ended = status === 'frozen' || status === 'not-in-use';
  return {
    phone: '+8613812340001',
    province: 'sichuan',
    system: 'mobile-5g',
    status,
    portedIn: false,
    earlier: [],
    tenancy: ended ? { ...tenancy, endedAt: 2_000, endReason: 'cancelled' } : tenancy,
    quirk: null,
    lastChange: null,
    ...more,
  };
}

const changes: Record<LineChange['kind'], LineChange> = {
  cancel: { kind: 'cancel', at: 3_000 },
  reclaim: { kind: 'reclaim', at: 3_000 },
  reissue: { kind: 'reissue', at: 3_000, lineId: 'L3', holder: another },
  transfer: { kind: 'transfer', at: 3_000, holder: another },
  suspend: { kind: 'suspend', at: 3_000 },
  restore: { kind: 'restore', at: 3_000 },
  port: { kind: 'port', at: 3_000, system: 'mobile-4g', lineId: 'L3' },
};

function outcome(status: LineStatus, kind: LineChange['kind']): string {
  const changed = changeLine(lineIn(status), changes[kind]);
  return changed.ok ? changed.value.line.status : changed.code;
}

function change(line: Line, by: LineChange) {
  const changed = changeLine(line, by);
  if (!changed.ok) {
    throw new Error(changed.detail);
  }
  return changed.value;
}

describe('changeLine', () => {
  const no = 'transition_impossible';
  it.each([
    ['cancel', { 'in-use': 'frozen', suspended: 'frozen', frozen: no, 'not-in-use': no }],
    ['reclaim', { 'in-use': no, suspended: no, frozen: 'in-use', 'not-in-use': no }],
    ['reissue', { 'in-use': 'in-use', suspended: 'in-use', frozen: 'in-use', 'not-in-use': 'in-use' }],
    ['transfer', { 'in-use': 'in-use', suspended: 'in-use', frozen: no, 'not-in-use': no }],
    ['suspend', { 'in-use': 'suspended', suspended: no, frozen: no, 'not-in-use': no }],
    ['restore', { 'in-use': no, suspended: 'in-use', frozen: no, 'not-in-use': no }],
    ['port', { 'in-use': 'in-use', suspended: 'suspended', frozen: no, 'not-in-use': no }],
  ] as const)('%s of a line in each status → %j', (kind, expected) => {
    const seen = (['in-use', 'suspended', 'frozen', 'not-in-use'] as const).map((status) => [
      status,
      outcome(status, kind),
    ]);
    expect(Object.fromEntries(seen)).toEqual(expected);
  });

  it('cancel → the tenancy has ended, and the event speaks of it', () => {
    const { line, event, late } = change(lineIn('in-use'), changes.cancel);
    expect(line.tenancy).toEqual({ ...tenancy, endedAt: 3_000, endReason: 'cancelled' });
    expect(event).toEqual({ type: 'number.cancelled', system: 'mobile-5g', lineId: 'L2', joinedAt: 1_000 });
    expect(late).toBe(false);
  });

  it('reclaim → the same tenancy of the same holder goes on', () => {
    const { line, event } = change(lineIn('frozen'), changes.reclaim);
    expect(line.tenancy).toEqual(tenancy);
    expect(event).toMatchObject({ type: 'number.reclaimed', lineId: 'L2', joinedAt: 1_000 });
  });

  it('reissue → a new tenancy under a new line id, no longer ported in', () => {
    const { line, event } = change(lineIn('frozen', { portedIn: true }), changes.reissue);
    expect(line).toMatchObject({
      portedIn: false,
      earlier: [{ lineId: 'L2', endedAt: 2_000, endReason: 'cancelled' }],
      tenancy: { lineId: 'L3', joinedAt: 3_000, endedAt: null, endReason: null, holder: another },
    });
    expect(event).toEqual({ type: 'number.reissued', system: 'mobile-5g', lineId: 'L3', joinedAt: 3_000 });
  });

  it('reissue of a line in use → the tenancy before it has ended at that time', () => {
    const { line } = change(lineIn('in-use'), changes.reissue);
    expect(line.earlier).toEqual([{ ...tenancy, endedAt: 3_000, endReason: 'cancelled' }]);
  });

  it('transfer → the line stays, the tenancy is another person’s', () => {
    const { line, event } = change(lineIn('suspended'), changes.transfer);
    expect(line).toMatchObject({
      earlier: [{ endedAt: 3_000, endReason: 'transferred', holder }],
      tenancy: { lineId: 'L2', joinedAt: 3_000, holder: another },
    });
    expect(event).toMatchObject({ type: 'number.transferred', lineId: 'L2', joinedAt: 3_000 });
  });

  it('port → the same tenancy at the other system, which sends the event', () => {
    const { line, event } = change(lineIn('in-use'), changes.port);
    expect(line).toMatchObject({
      system: 'mobile-4g',
      portedIn: true,
      earlier: [],
      tenancy: { ...tenancy, lineId: 'L3' },
    });
    expect(event).toEqual({ type: 'number.ported', system: 'mobile-4g', lineId: 'L3', joinedAt: 1_000 });
  });

  it('port to where the line is → refused', () => {
    expect(
      changeLine(lineIn('in-use'), { ...changes.port, system: 'mobile-5g' } as LineChange),
    ).toMatchObject({
      ok: false,
      code: 'transition_impossible',
    });
  });

  it('suspend and restore → the tenancy stays as it is', () => {
    const suspended = change(lineIn('in-use'), changes.suspend);
    expect(suspended.event.type).toBe('number.suspended');
    const restored = change(suspended.line, changes.restore);
    expect(restored.event.type).toBe('number.restored');
    expect(restored.line).toEqual(lineIn('in-use'));
  });

  describe('before the join date', () => {
    const earlier: Tenancy[] = [
      { lineId: 'L0', joinedAt: 100, endedAt: 200, endReason: 'cancelled', holder },
      { lineId: 'L1', joinedAt: 300, endedAt: 400, endReason: 'cancelled', holder },
    ];

    it.each(['in-use', 'frozen'] as const)(
      'any change of a line that is %s → late, books as before',
      (status) => {
        const line = lineIn(status, { earlier });
        for (const by of Object.values(changes)) {
          expect(change(line, { ...by, at: 350 })).toMatchObject({ line, late: true });
        }
      },
    );

    it('cancel in a known earlier tenancy → its line id and join date', () => {
      const { event } = change(lineIn('in-use', { earlier }), { kind: 'cancel', at: 400 });
      expect(event).toEqual({ type: 'number.cancelled', system: 'mobile-5g', lineId: 'L1', joinedAt: 300 });
    });

    it('cancel in a tenancy that the books don’t have → a line id of its own, no join date', () => {
      const { event } = change(lineIn('in-use'), { kind: 'cancel', at: 250 });
      expect(event).toEqual({
        type: 'number.cancelled',
        system: 'mobile-5g',
        lineId: 'L2-former',
        joinedAt: null,
      });
    });

    it('reissue → its time is the join date of what it began', () => {
      const { event } = change(lineIn('in-use'), { ...changes.reissue, at: 250 });
      expect(event).toMatchObject({ type: 'number.reissued', joinedAt: 250 });
    });

    it('at the very join date → not late', () => {
      expect(change(lineIn('in-use'), { kind: 'cancel', at: 1_000 }).late).toBe(false);
    });
  });
});
