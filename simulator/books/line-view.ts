import { formatInstant } from '../../domain/instant.ts';
import type { Books } from './books.ts';
import { isHeld, type Line, type Tenancy } from './line.ts';

/** A line with its customer and billing account, and its tenancies, oldest first. */
export function viewLine(books: Books, line: Line) {
  const { tenancy, phone, province, system, status, portedIn, quirk } = line;
  const held = isHeld(line);
  return {
    phone,
    province,
    system,
    lineId: tenancy.lineId,
    status,
    portedIn,
    joinedAt: held ? formatInstant(tenancy.joinedAt) : null,
    customer: held ? customerOf(books, tenancy) : null,
    billingAccount: held ? accountOf(tenancy) : null,
    ...(quirk === null ? {} : { quirk }),
    tenancies: [...line.earlier, tenancy].map((one) => ({
      lineId: one.lineId,
      joinedAt: formatInstant(one.joinedAt),
      endedAt: one.endedAt === null ? null : formatInstant(one.endedAt),
      endReason: one.endReason,
      customer: customerOf(books, one),
      billingAccount: accountOf(one),
    })),
  };
}

const customerOf = (books: Books, { holder }: Tenancy) =>
  holder === null ? null : books.customer(holder.customerId);

const accountOf = ({ holder }: Tenancy) =>
  holder === null ? null : { accountId: holder.accountId, customerId: holder.customerId };
