/**
 * Whether two values hold the same: as equal canonical JSON, so the order of keys does not matter, with bigint, undefined
 * and NaN besides. What is neither a plain object nor an array is equal only to itself.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isStructure(a) || !isStructure(b)) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, index) => sameValue(value, b[index]));
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]));
}

/**
 * A 32-bit hash: the same for values that `sameValue` holds equal. With a seed that nobody knows, nobody can make values whose
 * hashes are the same.
 */
export function hashOf(value: unknown, seed = 0): number {
  switch (typeof value) {
    case 'string':
      return hashText(value, seed ^ 1);
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'undefined':
      return hashText(String(value), seed ^ 2);
    default:
      return isStructure(value) ? hashStructure(value, seed) : 3;
  }
}

function hashStructure(value: Structure, seed: number): number {
  if (Array.isArray(value)) return value.reduce<number>((hash, item) => mix(hash, hashOf(item, seed)), 5);
  // A sum does not depend on the order of keys.
  let sum = 7;
  for (const [key, item] of Object.entries(value)) sum = (sum + mix(hashText(key, seed ^ 11), hashOf(item, seed))) | 0;
  return sum;
}

/** FNV-1a. */
function hashText(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

const mix = (a: number, b: number): number => Math.imul(a ^ (b + 0x9e3779b9 + (a << 6) + (a >>> 2)), 0x85ebca6b);

type Structure = readonly unknown[] | Readonly<Record<string, unknown>>;

/** An array or a plain object: what JSON.parse makes. */
export function isStructure(value: unknown): value is Structure & Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
