import type { Answer, World } from './provinces.ts';
import { startWorld } from './provinces.ts';

const phone = '+8613812340001';
const zhang = { name: '张伟', idNumber: '519999199001010017' };
const li = { name: '李娜', idNumber: '519999199001010025' };
const joinedAt = '2024-06-30T00:30:15Z';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await put();
});
afterEach(() => world.close());

function put(more: object = {}): Promise<Answer> {
  return world.control('PUT', `/lines/${phone}`, {
    province: 'sichuan',
    system: 'mobile-5g',
    lineId: 'L-1',
    joinedAt,
    identity: zhang,
    status: 'in-use',
    ...more,
  });
}

function happen(what: string, body?: object, of = phone): Promise<Answer> {
  return world.control('POST', `/lines/${of}/${what}`, body);
}

describe('retract', () => {
  it('the last event → event.retracted names it, and the books are as before it', async () => {
    const before = await world.control('GET', `/lines/${phone}`);
    const { body: cancelled } = await happen('cancel');
    const { status, body } = await happen('retract', { at: '2026-11-03T00:00:00Z' });
    const { id } = cancelled.event as { id: string };
    expect(status).toBe(200);
    expect(body.line).toEqual(before.body.line);
    expect(world.receiver.calls[1]?.body).toMatchObject({
      type: 'event.retracted',
      source: '/carriers/sichuan/mobile-5g',
      time: '2026-11-03T00:00:00Z',
    });
    expect(world.receiver.calls[1]?.body.data).toEqual({ phone, lineId: 'L-1', eventId: id });
  });

  it('a reissue → the former customer is back', async () => {
    await happen('cancel');
    await happen('reissue', { identity: li });
    const { body } = await happen('retract');
    expect(body.line).toMatchObject({ status: 'frozen', lineId: 'L-1' });
    expect((await happen('reclaim')).body.line).toMatchObject({ customer: zhang, joinedAt });
  });

  it('an event that is no longer the last change → told, books as they are', async () => {
    const { body: suspended } = await happen('suspend');
    await happen('restore');
    const { id } = suspended.event as { id: string };
    const { body } = await happen('retract', { eventId: id });
    expect(body.line).toMatchObject({ status: 'in-use' });
    expect(world.receiver.calls[2]?.body.data).toMatchObject({ eventId: id });
  });

  it('after a silent change → told, books as they are', async () => {
    await happen('suspend');
    await happen('cancel', { silent: true });
    expect((await happen('retract')).body.line).toMatchObject({ status: 'frozen' });
  });

  it('an event from before a port → the system that sent it takes it back', async () => {
    const { body } = await happen('suspend');
    await happen('port', { system: 'mobile-4g' });
    await happen('retract', { eventId: (body.event as { id: string }).id });
    expect(world.receiver.calls[2]?.body).toMatchObject({
      type: 'event.retracted',
      source: '/carriers/sichuan/mobile-5g',
    });
  });

  it('a late notice between → the change before it is still the last one', async () => {
    await happen('suspend');
    await happen('cancel', { at: '2023-01-01T00:00:00Z' });
    expect((await happen('retract')).body.line).toMatchObject({ status: 'suspended' });
    const { id } = world.receiver.calls[0]?.body ?? {};
    expect((await happen('retract', { eventId: id })).body.line).toMatchObject({ status: 'in-use' });
  });

  it('a port → the new system takes it back', async () => {
    await happen('port', { system: 'mobile-4g' });
    const { body } = await happen('retract');
    expect(body.line).toMatchObject({ system: 'mobile-5g', lineId: 'L-1', portedIn: false });
    expect(world.receiver.calls[1]?.path).toBe('/v1/carriers/sichuan/mobile-4g/events');
  });

  it('twice → 409; an unknown event → 404', async () => {
    const { body } = await happen('suspend');
    const { id } = body.event as { id: string };
    await happen('retract', { eventId: id });
    expect(await happen('retract', { eventId: id })).toMatchObject({
      status: 409,
      body: { code: 'already_retracted' },
    });
    expect(await happen('retract', { eventId: 'other' })).toMatchObject({
      status: 404,
      body: { code: 'event_not_found' },
    });
  });
});
