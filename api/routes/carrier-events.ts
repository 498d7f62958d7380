import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonBody } from '../body-spec.ts';
import { type CheckedEvents, checkEvents } from '../carrier-events.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem, temporarilyUnavailable } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { acceptedSchema, carrierEventsSchema, mostEvents } from '../schemas/carrier-event.ts';
import type { TakenIn } from '../workflows.ts';

/**
 * A full batch of events with every field at a usual length. More would not fit Temporal's limit of 2 MB for one
 * payload, once each event is in our own form, and a call has to be made durable by one payload.
 */
const limitBytes = 1_500_000;

/** The body as it was parsed: its events are checked when it is known whose they are. */
const eventsBody: JsonBody<unknown> = {
  kind: 'json',
  schema: carrierEventsSchema,
  limitBytes,
  mediaTypes: ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'],
  example: {
    specversion: '1.0',
    id: 'a9c1e9a2-0f57-4d43-8d0c-2a6f5c2b1e11',
    source: '/carriers/sichuan/mobile-5g',
    type: 'number.cancelled',
    time: '2026-11-24T16:00:00+08:00',
    sequence: '4711',
    data: { phone: '+8613800138000', lineId: 'L-20931' },
  },
  parse: (json) => json,
};

const description = `Signed as in Standard Webhooks over the body's bytes, with a secret of this province and system; two are valid while one replaces
the other. The time of the signature may be 5 minutes off.

All events of a call are taken or none. \`202\` means that they are durable, whatever happens to us then. The same \`webhook-id\` with the
same body gets the same answer and has no second effect; calling again after a time-out or a \`503\` is always safe. A system that isn't known here gets the answer of a wrong signature.`;

type Dependencies = Pick<
  ApiDependencies,
  'workflows' | 'registry' | 'routing' | 'hasher' | 'metrics' | 'logger'
>;

/** What province systems report. */
export function carrierEventRoutes({
  workflows,
  registry,
  routing,
  hasher,
  metrics,
  logger,
}: Dependencies): Route[] {
  const count = (
    { province, system }: { province: string; system: string },
    { events, heartbeats }: CheckedEvents,
    outcome: 'accepted' | 'repeated',
  ) => {
    for (const { type } of events) metrics.carrierEvents.inc({ province, system, type, outcome });
    if (heartbeats.length > 0) {
      metrics.carrierEvents.inc({ province, system, type: 'feed.heartbeat', outcome }, heartbeats.length);
    }
  };

  return [
    route({
      method: 'post',
      path: '/v1/carriers/{province}/{system}/events',
      id: 'reportEvents',
      tag: 'Carriers',
      summary: `Report what happened to numbers: one CloudEvents 1.0 event or up to ${mostEvents}`,
      description,
      access: { kind: 'signature' },
      params: z.strictObject({ province: z.string(), system: z.string() }),
      body: eventsBody,
      responses: { 202: { description: 'Durable', schema: acceptedSchema, example: { accepted: 1 } } },
      problems: ['events_invalid', 'batch_too_large', 'webhook_id_reused', 'temporarily_unavailable'],
    }).handle(async ({ body, caller, raw, receivedAt, correlator }) => {
      const { province, system } = caller;
      const call = { province, system, receivedAt };
      let checked: CheckedEvents;
      try {
        checked = checkEvents({ json: body, call, registry, routing });
      } catch (error) {
        metrics.carrierEvents.inc({ province, system, type: 'call', outcome: 'refused' });
        throw error;
      }
      const input = {
        ...call,
        ...checked,
        webhookRef: hasher.blindIndex('webhook', `${province}/${system}\0${caller.webhookId}`),
        correlator,
      };
      // Keyed, for a body holds little that can't be guessed.
      const bodyDigest = hasher.blindIndex(
        'webhook-body',
        createHash('sha256').update(raw).digest('base64url'),
      );
      let taken: TakenIn;
      try {
        taken = await workflows.takeInCarrierEvents(input, bodyDigest);
      } catch (error) {
        logger.error({ err: error, province, system }, "A carrier's call could not be made durable");
        throw temporarilyUnavailable('The call was not taken; the same call can be made again');
      }
      if (taken === 'reused') throw new Problem('webhook_id_reused');
      count(call, checked, taken === 'taken' ? 'accepted' : 'repeated');
      return { status: 202, body: { accepted: checked.events.length + checked.heartbeats.length } };
    }),
  ];
}
