/**
 * FNV-1a with 64 bits. Pure code may not import node:crypto, and nothing here needs to resist an attacker: the texts come
 * from baselines, which only cluster administrators write.
 */
function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = step(hash, unit & 0xff);
    if (unit > 0xff) hash = step(hash, unit >> 8);
  }
  return hash;
}

const step = (hash: bigint, byte: number): bigint => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);

/** 16 hexadecimal digits. */
export const hash64 = (text: string): string => fnv1a64(text).toString(16).padStart(16, '0');

/** 8 hexadecimal digits: both halves of the 64 bits folded together, as FNV's authors advise. */
export function hash32(text: string): string {
  const hash = fnv1a64(text);
  return ((hash >> 32n) ^ (hash & 0xffffffffn)).toString(16).padStart(8, '0');
}
