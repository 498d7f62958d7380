import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../domain/instant.ts';
import type { Books, Identity } from './books/books.ts';
import type { Quirk } from './books/line.ts';
import { type SimulatorConfig, type SystemName, systemOf } from './config.ts';
import { nextNumber } from './database.ts';
import type { LineDesk } from './line-desk.ts';

/** The systems that have magic numbers, and how those begin; the scene's two digits follow. */
export const magicPrefixes: readonly (SystemName & { readonly prefix: string })[] = [
  { province: 'sichuan', system: 'mobile-5g', prefix: '+86138000000' },
  { province: 'sichuan', system: 'mobile-4g', prefix: '+86133000000' },
  { province: 'sichuan', system: 'fixed', prefix: '+8628850000' },
  { province: 'guangdong', system: 'mobile-5g', prefix: '+86139000000' },
  { province: 'guangdong', system: 'mobile-4g', prefix: '+86153000000' },
  { province: 'guangdong', system: 'fixed', prefix: '+8620850000' },
  { province: 'beijing', system: 'mobile-5g', prefix: '+86136000000' },
  { province: 'beijing', system: 'mobile-4g', prefix: '+86189000000' },
  { province: 'beijing', system: 'fixed', prefix: '+8610850000' },
];

/** What a magic number shows. `now` in the times is the first start with these books. */
export interface Scene {
  /** The last two digits. */
  readonly digits: string;
  readonly shows: string;
  /** Who holds it (or held it, while it is frozen); null: no real name. */
  readonly holder: Identity | null;
  /** Days before `now` that the holder joined; 0 is the same day. */
  readonly joinedDaysAgo: number;
  /** Who held it before, until the number was cancelled 90 days before the holder joined. */
  readonly formerHolder?: Identity;
  readonly cancelledDaysAgo?: number;
  /** The freeze is over, and the number free to be given out. */
  readonly thawed?: true;
  readonly suspended?: true;
  readonly portedIn?: true;
  readonly quirk?: Quirk;
}

const DAY_MS = 86_400_000;
const LONG_AGO = 2_500;
const NINETY_DAYS = 90;

// Their check characters are right, and their county (519999) doesn't exist, so they are nobody's.
const zhangWei = { name: '张伟', idNumber: '519999199001010017' };
const liNa = { name: '李娜', idNumber: '519999199001010025' };
const wangFang = { name: '王芳', idNumber: '519999199001010033' };
const aLi = { name: '阿力木江·买买提', idNumber: '519999199001010041' };

/** The scenes, the same in every system of {@link magicPrefixes}. Number 13 is in no books at all. */
export const scenes: readonly Scene[] = [
  { digits: '01', shows: 'held for years by one person', holder: zhangWei, joinedDaysAgo: LONG_AGO },
  { digits: '02', shows: 'joined on the day of the first start', holder: liNa, joinedDaysAgo: 0 },
  {
    digits: '03',
    shows: 'recycled: given out again 30 days ago',
    holder: wangFang,
    joinedDaysAgo: 30,
    formerHolder: zhangWei,
  },
  { digits: '04', shows: 'suspended', holder: zhangWei, joinedDaysAgo: LONG_AGO, suspended: true },
  {
    digits: '05',
    shows: 'frozen for 10 days',
    holder: zhangWei,
    joinedDaysAgo: LONG_AGO,
    cancelledDaysAgo: 10,
  },
  {
    digits: '06',
    shows: 'cancelled 120 days ago, thawed and not given out again',
    holder: zhangWei,
    joinedDaysAgo: LONG_AGO,
    cancelledDaysAgo: 120,
    thawed: true,
  },
  {
    digits: '07',
    shows: 'ported in 60 days ago, which is all its join date says',
    holder: liNa,
    joinedDaysAgo: 60,
    portedIn: true,
  },
  { digits: '08', shows: 'answered after 10 seconds', holder: liNa, joinedDaysAgo: LONG_AGO, quirk: 'slow' },
  { digits: '09', shows: 'always 503', holder: liNa, joinedDaysAgo: LONG_AGO, quirk: 'erring' },
  {
    digits: '10',
    shows: 'never answered, the connection breaks',
    holder: liNa,
    joinedDaysAgo: LONG_AGO,
    quirk: 'mute',
  },
  { digits: '11', shows: "always “can't say”", holder: liNa, joinedDaysAgo: LONG_AGO, quirk: 'cannot-say' },
  { digits: '12', shows: 'without a real name: nothing to match', holder: null, joinedDaysAgo: LONG_AGO },
  { digits: '14', shows: 'a name that is written in many ways', holder: aLi, joinedDaysAgo: LONG_AGO },
];

/**
 * Writes the magic numbers into the books of each configured system, the first time only: what hand trials did to
 * them stays.
 */
export function writeMagicNumbers({
  config,
  database,
  books,
  desk,
  now,
}: {
  config: SimulatorConfig;
  database: DatabaseSync;
  books: Books;
  desk: LineDesk;
  now: Instant;
}): void {
  for (const { province, system, prefix } of magicPrefixes) {
    const isNew =
      systemOf(config, { province, system }) !== undefined &&
      nextNumber(database, `magic numbers ${province}/${system}`) === 1;
    for (const scene of isNew ? scenes : []) {
      setScene({ scene, phone: `${prefix}${scene.digits}`, province, system });
    }
  }

  function setScene({ scene, phone, province, system }: SystemName & { scene: Scene; phone: string }): void {
    const { holder, formerHolder, joinedDaysAgo, cancelledDaysAgo, quirk, portedIn = false } = scene;
    const daysAgo = (days: number): Instant => now - days * DAY_MS;
    const joinedAt = daysAgo(joinedDaysAgo);
    const silent = true;
    if (formerHolder === undefined) {
      desk.put({ phone, province, system, joinedAt, identity: holder, portedIn, quirk });
    } else {
      desk.put({
        phone,
        province,
        system,
        joinedAt: daysAgo(LONG_AGO),
        identity: formerHolder,
        portedIn: false,
      });
      desk.change({ phone, kind: 'cancel', at: joinedAt - NINETY_DAYS * DAY_MS, silent });
      desk.change({ phone, kind: 'reissue', at: joinedAt, identity: holder ?? undefined, silent });
    }
    if (scene.suspended) {
      desk.change({ phone, kind: 'suspend', at: daysAgo(1), silent });
    }
    if (cancelledDaysAgo !== undefined) {
      const { line } = desk.change({ phone, kind: 'cancel', at: daysAgo(cancelledDaysAgo), silent });
      books.writeLine(scene.thawed ? { ...line, status: 'not-in-use' } : line);
    }
  }
}
