import type { Registry } from '../../carriers/registry.ts';
import type { Routing } from '../../carriers/routing.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { NumberEvent } from '../../domain/number/event.ts';
import { foldHistory, freezeEndOf } from '../../domain/number/history.ts';
import { planLife } from '../../domain/number/plan.ts';
import type { Heartbeat, ReportedCall, ReportedEvent } from '../../domain/number/report.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { ClaimDoc } from '../../store/claim-doc.ts';
import type { NumberChange, NumberRecord } from '../../store/numbers.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';

/** A part of what one call brought. */
export interface RecordInput extends ReportedCall {
  readonly events: readonly ReportedEvent[];
  /** The workflow's time. */
  readonly now: Instant;
}

/** What arrived of a feed with one call. */
export interface FeedInput extends Pick<ReportedCall, 'province' | 'system'> {
  readonly sequences: readonly number[];
  readonly heartbeats: readonly Heartbeat[];
}

/** How long a number's workflow has to look at what is new before the sweep takes it for lost. */
const lostAfter = 60_000;

const historyEventOf = ({ phone: _, sequence: __, ...event }: ReportedEvent): NumberEvent => event;

/** Writing down what carriers reported, before anything is made of it. */
export function createCarrierEventActivities({
  store,
  registry,
  routing,
  hasher,
  messenger,
}: {
  store: Store;
  registry: Registry;
  routing: Routing;
  hasher: NumberHasher;
  messenger: Messenger;
}) {
  /** The change that adds what is new to a number's history; null where nothing is. */
  const changeOf = (
    numberKey: NumberKey,
    reported: readonly ReportedEvent[],
    record: NumberRecord | undefined,
  ): NumberChange | null => {
    const known = new Set(record?.events.map((event) => event.key));
    const added = [...new Map(reported.map((event) => [event.key, event])).values()].filter(
      (event) => !known.has(event.key),
    );
    const first = added[0];
    if (!first) return null;
    const home = record ?? routing.routeOf(first.phone) ?? first;
    const events = [...(record?.events ?? []), ...added.map(historyEventOf)];
    const provenAt = record?.provenAt ?? [];
    const { freeze } = rulesOf(registry, { numberKey, province: home.province });
    const life = foldHistory({ events, provenAt }, freeze);
    return {
      numberKey,
      phone: first.phone,
      province: life.home?.province ?? home.province,
      system: life.home?.system ?? home.system,
      events,
      provenAt,
      phase: life.phase,
      freezeEndsAt: freezeEndOf(life, freeze),
      fromVersion: record?.version ?? 0,
    };
  };

  /** Whether somebody's claim hangs on what the history says now. Whether a person is verified only the life asks. */
  const asksForSomething = (record: NumberRecord, claims: ClaimDoc, now: Instant): boolean => {
    const { duties, nextAt } = planLife({
      events: record.events,
      ...rulesOf(registry, record),
      claim: claims.claim,
      released: claims.released,
      holderVerified: true,
      now,
    });
    return duties.length > 0 || nextAt !== record.attendBy;
  };

  return {
    /**
     * Adds events to the histories of their numbers, each once. Gives the numbers whose life has to look at it, which
     * are those with a claim that it means something for.
     */
    async recordEvents({ events, now, ...call }: RecordInput): Promise<{ toWake: NumberKey[] }> {
      const byNumber = Map.groupBy(events, (event) => hasher.numberKeyOf(event.phone));
      const numberKeys = [...byNumber.keys()];
      await store.inbox.add(
        [...byNumber].flatMap(([numberKey, reported]) =>
          reported.map((event) => ({
            eventKey: event.key,
            province: call.province,
            system: call.system,
            type: event.type,
            numberKey,
            at: event.at,
            receivedAt: call.receivedAt,
            sequence: event.sequence,
            webhookRef: call.webhookRef,
            correlator: call.correlator,
          })),
        ),
      );

      const recordsOf = async (keys: readonly NumberKey[]) =>
        new Map((await store.numbers.findMany(keys)).map((record) => [record.numberKey, record]));
      let records = await recordsOf(numberKeys);
      for (;;) {
        const changes = [...byNumber].flatMap(
          ([key, reported]) => changeOf(key, reported, records.get(key)) ?? [],
        );
        if (changes.length === 0) break;
        await store.numbers.write(changes);
        // What did not take, for somebody was faster, is made anew from what is there then.
        records = await recordsOf(numberKeys);
      }

      // Claims are read after the histories are written: whoever claims later reads the history after its claim.
      const claims = await store.claims.findMany(numberKeys);
      const toWake = claims
        .filter((claim) => {
          const record = records.get(claim._id as NumberKey);
          return record !== undefined && asksForSomething(record, claim, now);
        })
        .map((claim) => claim._id as NumberKey);
      await store.numbers.attendBy(toWake, now + lostAfter);
      return { toWake };
    },

    /** Has the lives of these numbers look again. */
    async wakeNumbers({
      numberKeys,
      correlator,
    }: {
      numberKeys: readonly NumberKey[];
      correlator: string;
    }): Promise<void> {
      await messenger.wakeNumbers({ numberKeys, correlator });
    },

    /** Notes how far the feed has come, once all of it is in the histories. */
    async noteFeed({ province, system, sequences, heartbeats }: FeedInput): Promise<void> {
      const positions = [...sequences, ...heartbeats.flatMap(({ sequence }) => sequence ?? [])];
      const heartbeatAt = heartbeats.length === 0 ? null : Math.max(...heartbeats.map(({ at }) => at));
      await store.feeds.advance(`${province}/${system}`, { sequences: positions, heartbeatAt });
    },
  };
}
