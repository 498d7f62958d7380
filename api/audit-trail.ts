import type { Instant } from '../domain/instant.ts';
import type { Audit, AuditRecord } from '../store/audit.ts';
import type { TokenCaller } from './access.ts';

/**
 * Notes that somebody looked at something. To be awaited before it is shown: what can't be noted isn't shown.
 * `details` are ids, codes and counts; never personal data.
 */
export async function noteView(
  audit: Pick<Audit, 'append'>,
  view: {
    caller: TokenCaller;
    /** As `number.viewed`. */
    action: string;
    /** A number's key, a user's id, or the name of a list. */
    subject: string;
    correlator: string;
    at: Instant;
    details?: AuditRecord['details'];
  },
): Promise<void> {
  const { caller, details = {}, ...rest } = view;
  await audit.append({ ...rest, actor: caller.subject, details: { client: caller.clientId, ...details } });
}
