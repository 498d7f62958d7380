import { createHash } from 'node:crypto';

/**
 * A UUID that follows from its parts: the same parts give the same one, so that what is done twice is about one thing.
 * RFC 9562 §5.8 (version 8), over SHA-256. It is no secret: whoever knows the parts can compute it.
 */
export function derivedId(...parts: readonly [string, ...(string | number)[]]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
