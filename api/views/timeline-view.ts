import type { z } from 'zod';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import { type NumberEvent, retractedKeys } from '../../domain/number/event.ts';
import { timelineText } from '../../domain/timeline-text.ts';
import type { Evidence } from '../../store/evidence.ts';
import type { timelineSchema } from '../schemas/number.ts';
import { joinedText } from './number-view.ts';

/** A number's timeline as callers see it. */
export type TimelineView = z.input<typeof timelineSchema>;

type Item = TimelineView['items'][number];
type Dated = { at: Instant; item: Omit<Item, 'at' | 'text'> };

/** Puts what was reported and what was asked, decided and done in one order, oldest first. */
export function timelineView(events: readonly NumberEvent[], evidence: readonly Evidence[]): TimelineView {
  const retracted = retractedKeys(events);
  const dated: Dated[] = [
    ...events.map((event) => reported(event, retracted.has(event.key))),
    ...evidence.map(recorded),
  ];
  return {
    // What was reported and what followed from it may bear one time: the report is put first, as it stands here.
    items: dated
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, item }) => ({ at: formatInstant(at), text: timelineText(item.code), ...item })),
  };
}

function reported(event: NumberEvent, isRetracted: boolean): Dated {
  const { id, type, at, receivedAt, province, system, lineId, joined, retracts } = event;
  return {
    at,
    item: {
      kind: 'event',
      code: type,
      actor: `carrier:${province}/${system}`,
      details: {
        eventId: id,
        receivedAt: formatInstant(receivedAt),
        lineId,
        ...(joined === null ? {} : { joinedAt: joinedText(joined) }),
        ...(retracts === null ? {} : { retracts }),
        ...(isRetracted ? { retracted: true } : {}),
      },
    },
  };
}

function recorded({ at, kind, code, actor, claimId, userId, details }: Evidence): Dated {
  return {
    at,
    item: {
      kind,
      code,
      actor,
      details: {
        ...(claimId === null ? {} : { claimId }),
        ...(userId === null ? {} : { userId }),
        ...details,
      },
    },
  };
}
