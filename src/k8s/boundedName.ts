import { hash64 } from './hash.ts';

/** A DNS-1123 label's length: safe for every kind, also where a name becomes a label value. */
export const MAX_NAME = 63;

/**
 * A name of at most 63 characters. One that is too long is cut and gets a hash of all of it; only such names have all 63
 * characters, so a cut name never equals one that was short enough (DESIGN §2.1: two never collide).
 */
export function boundedName(name: string): string {
  if (name.length < MAX_NAME) return name;
  const hash = hash64(name);
  return `${name.slice(0, MAX_NAME - 1 - hash.length)}-${hash}`;
}
