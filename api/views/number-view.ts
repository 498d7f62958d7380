import type { z } from 'zod';
import type { Registry } from '../../carriers/registry.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { LineFacts } from '../../domain/carrier-reply.ts';
import type { Claim } from '../../domain/claim.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import type { Joined } from '../../domain/joined.ts';
import { maskPhone } from '../../domain/masking.ts';
import {
  foldHistory,
  freezeEndOf,
  presentTenancy,
  stateAt,
  type Tenancy,
} from '../../domain/number/history.ts';
import type { ClaimDoc } from '../../store/claim-doc.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { listedNumberSchema } from '../schemas/number.ts';

/** A number as callers see it, without its workflow. */
export type NumberView = z.input<typeof listedNumberSchema>;

/** Shows a number: its history folded with the rules of its province, and who holds it as login phone. */
export function numberView({
  record,
  claims,
  registry,
  now,
}: {
  record: NumberRecord;
  claims: ClaimDoc | null;
  registry: Registry;
  now: Instant;
}): NumberView {
  const { freeze } = rulesOf(registry, record);
  const life = foldHistory({ events: record.events, provenAt: provenAtOf(record, claims) }, freeze);
  const tenancy = presentTenancy(life);
  const freezeEndsAt = freezeEndOf(life, freeze);
  return {
    phone: maskPhone(record.phone),
    numberKey: record.numberKey,
    province: record.province,
    system: record.system,
    state: stateAt(life, freeze, now),
    tenancy: tenancy && tenancyView(tenancy),
    freezeEndsAt: freezeEndsAt === null ? null : formatInstant(freezeEndsAt),
    claim: claimView(claims),
    // Bindings aren't made yet.
    binding: null,
  };
}

/** The states that a carrier's word on the line stands for. One that nobody holds and none freezes says too little. */
const heardStates: Record<LineFacts['status'], NumberView['state']> = {
  'in-use': 'in-use',
  suspended: 'suspended',
  frozen: 'frozen',
  'not-in-use': 'unknown',
};

/**
 * Adds what the carrier said of the number when it was asked about the claim on it, where nothing was reported: its last
 * answer, or else how it described the tenancy when the claim was made.
 */
export function withAnswers(view: NumberView, claim: Claim | null): NumberView {
  if (view.state !== 'unknown' || claim === null) return view;
  const { answers, tenancy: remembered } = claim;
  const line = answers?.line?.reply.kind === 'answer' ? answers.line.reply.value : null;
  const joined = line ? line.joined : (remembered?.joined ?? null);
  const source = line ? answers?.line?.source : remembered?.source;
  const state = line ? heardStates[line.status] : remembered ? 'in-use' : 'unknown';
  if (source === undefined || state === 'unknown') return view;
  const isHeld = state !== 'frozen';
  const tenancy = { joinedAt: joined && joinedText(joined), endedAt: null, endReason: null, source };
  return { ...view, state, tenancy: isHeld ? tenancy : null };
}

/** When somebody proved to hold the number: as its record knows it, and as the claims on it say. */
function provenAtOf(record: NumberRecord, claims: ClaimDoc | null): Instant[] {
  const claimed = claims ? [...claims.released, ...(claims.claim ? [claims.claim] : [])] : [];
  return [...new Set([...record.provenAt, ...claimed.map(({ claimedAt }) => claimedAt)])];
}

function claimView(claims: ClaimDoc | null): NumberView['claim'] {
  if (!claims?.claim) return null;
  const { claimId, userId, state, claimedAt } = claims.claim;
  return { claimId, userId, state, claimedAt: formatInstant(claimedAt) };
}

function tenancyView({ joined, endedAt, endReason, source }: Tenancy): NonNullable<NumberView['tenancy']> {
  return {
    joinedAt: joined && joinedText(joined),
    endedAt: endedAt === null ? null : formatInstant(endedAt),
    endReason,
    source,
  };
}

/** A join date in the form of its precision. A band of months has no single date to be written as. */
export function joinedText(joined: Joined): string | null {
  switch (joined.precision) {
    case 'second':
      return formatInstant(joined.at);
    case 'day':
      return joined.day;
    case 'months':
      return null;
  }
}
