import { randomBytes } from 'node:crypto';
import { parseIdNumber } from '../../domain/id-number.ts';

/** A person who has a line and a payment user; everything that is nobody else's business. */
export interface Person {
  readonly phone: string;
  readonly name: string;
  readonly idNumber: string;
  readonly nickname: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly password: string;
  readonly balanceFen: number;
}

/** Rare enough that none of them stands in a log for another reason. */
const surnames = ['欧阳', '尉迟', '慕容', '诸葛', '夏侯', '皇甫', '澹台', '公孙', '轩辕', '令狐'];
const givenNames = ['霁月', '砚秋', '溪云', '沐阳', '惊鸿', '拾光', '听澜', '映雪', '疏影', '临风'];

/**
 * Makes persons with numbers of Sichuan's 5G from `+86138` + `firstNumber` on. Their nicknames, e-mails and passwords
 * are random; every fifth has an e-mail that was never verified, so that no notice may go there.
 */
export function createPeople({ count, firstNumber }: { count: number; firstNumber: number }): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomBytes(9).toString('hex');
    const number = firstNumber + index;
    return {
      phone: `+86138${String(number).padStart(8, '0')}`,
      name: `${surnames[number % 10]}${givenNames[Math.floor(number / 10) % 10]}`,
      idNumber: idNumberOf(number),
      nickname: `ferryman ${random}`,
      email: `${random}@mailbox.example`,
      emailVerified: index % 5 !== 4,
      password: `pw-${randomBytes(12).toString('base64url')}`,
      balanceFen: 10_000 + number,
    };
  });
}

/** A well-formed ID number, another one for each number below 1,000 × 300. */
function idNumberOf(number: number): string {
  const day = 1 + (number % 28);
  const year = 1950 + (Math.floor(number / 1_000) % 50);
  const first17 = `510104${year}07${String(day).padStart(2, '0')}${String(number % 1_000).padStart(3, '0')}`;
  const valid = [...'0123456789X']
    .map((check) => parseIdNumber(first17 + check, '2026-11-24'))
    .find((parsed) => parsed.ok);
  if (!valid?.ok) throw new Error('no check character makes the ID number valid');
  return valid.value;
}
