import { isIP } from 'node:net';

/** Express' own words for networks (`trust proxy`): 127.0.0.0/8 and ::1, link-local ones, and private ones. */
const networkNames = ['loopback', 'linklocal', 'uniquelocal'];

/** Whether a text is an address, a network in CIDR form or one of Express' names for networks. */
export function isTrustable(text: string): boolean {
  if (networkNames.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
