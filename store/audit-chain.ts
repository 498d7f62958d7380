import { createHash } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';

/** One link of the audit's hash chain: it names every record of a stretch of time, and the link before it. */
export interface AuditSeal {
  /** 1, 2, 3 … */
  sequence: number;
  sealedAt: Instant;
  /** The stretch of record ids: above `after`, which is where the seal before ended, up to and with `through`. */
  after: string;
  through: string;
  records: { recordId: string; digest: string }[];
  /** The digest of the seal before; empty for the first. */
  previous: string;
  /** SHA-256 over all of the above. */
  digest: string;
}

/** What was found wrong. `changed`, `removed` and `inserted` speak of records, the others of the chain itself. */
export interface AuditFault {
  kind: 'changed' | 'removed' | 'inserted' | 'seal-changed' | 'seal-missing';
  /** The seal in whose stretch it is. */
  sequence: number;
  /** The record; null where the seal itself is meant. */
  recordId: string | null;
}

/** The result of going through the chain: it is whole when there are no faults. */
export interface VerifiedAudit {
  seals: number;
  records: number;
  /** The last seal, to be noted elsewhere; null while there is none. */
  head: { sequence: number; digest: string } | null;
  /** At most 100 of them. */
  faults: AuditFault[];
}

/** A report with more faults than this tells nobody more. */
const faultsNamed = 100;

/** The digest of a seal. The order of the fields is part of the format. */
export function auditSealDigest(seal: Omit<AuditSeal, 'digest'>): string {
  const { sequence, sealedAt, after, through, records, previous } = seal;
  const content = JSON.stringify([
    sequence,
    sealedAt,
    after,
    through,
    records.map(({ recordId, digest }) => [recordId, digest]),
    previous,
  ]);
  return createHash('sha256').update(content).digest('base64url');
}

type FoundRecord = { recordId: string; digest: string | null };

/** Compares what a seal says of its stretch with the records that are there. */
function compareRecords(seal: AuditSeal, found: readonly FoundRecord[]): AuditFault[] {
  const sealed = new Map(seal.records.map(({ recordId, digest }) => [recordId, digest]));
  const present = new Set(found.map(({ recordId }) => recordId));
  const faultOf = (kind: AuditFault['kind'], recordId: string): AuditFault => ({
    kind,
    sequence: seal.sequence,
    recordId,
  });
  return [
    ...found.flatMap(({ recordId, digest }) => {
      const expected = sealed.get(recordId);
      if (expected === undefined) return [faultOf('inserted', recordId)];
      return expected === digest ? [] : [faultOf('changed', recordId)];
    }),
    ...seal.records
      .filter(({ recordId }) => !present.has(recordId))
      .map(({ recordId }) => faultOf('removed', recordId)),
  ];
}

/** Goes through a chain, oldest seal first, and compares it with the records. */
export async function verifyChain({
  chain,
  recordsIn,
  anchor,
}: {
  chain: AsyncIterable<AuditSeal>;
  recordsIn: (stretch: { after: string; through: string }) => Promise<FoundRecord[]>;
  anchor?: { sequence: number; digest: string } | undefined;
}): Promise<VerifiedAudit> {
  const faults: AuditFault[] = [];
  const note = (...found: AuditFault[]): void => {
    faults.push(...found.slice(0, faultsNamed - faults.length));
  };
  let before = { sequence: 0, digest: '', through: '' };
  let seals = 0;
  let records = 0;
  let anchored = anchor === undefined;

  for await (const seal of chain) {
    for (let sequence = before.sequence + 1; sequence < seal.sequence; sequence += 1) {
      note({ kind: 'seal-missing', sequence, recordId: null });
    }
    const follows = seal.previous === before.digest && seal.after === before.through;
    if (auditSealDigest(seal) !== seal.digest || (!follows && seal.sequence === before.sequence + 1)) {
      note({ kind: 'seal-changed', sequence: seal.sequence, recordId: null });
    }
    if (seal.sequence === anchor?.sequence) {
      anchored = true;
      if (seal.digest !== anchor.digest) {
        note({ kind: 'seal-changed', sequence: seal.sequence, recordId: null });
      }
    }
    note(...compareRecords(seal, await recordsIn(seal)));
    before = seal;
    seals += 1;
    records += seal.records.length;
  }
  if (!anchored && anchor) note({ kind: 'seal-missing', sequence: anchor.sequence, recordId: null });

  return {
    seals,
    records,
    head: seals === 0 ? null : { sequence: before.sequence, digest: before.digest },
    faults,
  };
}
