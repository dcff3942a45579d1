import { hashOf, isStructure, sameValue } from './structure.ts';

/**
 * Keeps one object for all values of equal content, while at least one of them is in use. Sixty thousand generated objects
 * share a few bodies, and equal bodies compare by identity.
 */
export interface Interner {
  /** The one value that stands for this content; counts one use. It is frozen, because it is shared. */
  intern<T>(value: T): T;
  /** Gives one use back; takes what `intern` returned, or any value of equal content. */
  release(value: unknown): void;
  /** Distinct contents in use. */
  readonly size: number;
}

interface Slot {
  readonly value: unknown;
  uses: number;
  /** Another content with the same hash. */
  next: Slot | undefined;
}

/**
 * Strings and structures are interned; numbers, bigints, booleans, null and undefined are given back as they are. `seed`, of
 * 32 bits: where others choose the content, one that they cannot know (see hashOf).
 */
export function createInterner(seed = 0): Interner {
  const strings = new Map<string, Slot>();
  const structures = new Map<number, Slot>();
  let size = 0;

  const internString = (value: string): string => {
    const slot = strings.get(value);
    if (slot === undefined) {
      strings.set(value, { value, uses: 1, next: undefined });
      size += 1;
      return value;
    }
    slot.uses += 1;
    return slot.value as string;
  };
  const releaseString = (value: string): void => {
    const slot = strings.get(value);
    if (slot === undefined) return;
    slot.uses -= 1;
    if (slot.uses > 0) return;
    strings.delete(value);
    size -= 1;
  };
  const internStructure = (value: object): unknown => {
    const hash = hashOf(value, seed);
    const first = structures.get(hash);
    const slot = findSlot(first, value);
    if (slot !== undefined) {
      slot.uses += 1;
      return slot.value;
    }
    structures.set(hash, { value: freeze(value), uses: 1, next: first });
    size += 1;
    return value;
  };
  const releaseStructure = (value: object): void => {
    const hash = hashOf(value, seed);
    const first = structures.get(hash);
    const slot = findSlot(first, value);
    if (slot === undefined) return;
    slot.uses -= 1;
    if (slot.uses > 0) return;
    const rest = without(first, slot);
    if (rest === undefined) structures.delete(hash);
    else structures.set(hash, rest);
    size -= 1;
  };
  return {
    intern: <T>(value: T): T => {
      if (typeof value === 'string') return internString(value) as T;
      return isStructure(value) ? (internStructure(value) as T) : value;
    },
    release: (value) => {
      if (typeof value === 'string') releaseString(value);
      else if (isStructure(value)) releaseStructure(value);
    },
    get size() {
      return size;
    },
  };
}

function findSlot(first: Slot | undefined, value: object): Slot | undefined {
  for (let slot = first; slot !== undefined; slot = slot.next) if (sameValue(slot.value, value)) return slot;
  return undefined;
}

function without(first: Slot | undefined, gone: Slot): Slot | undefined {
  if (first === undefined || first === gone) return first?.next;
  for (let slot = first; slot.next !== undefined; slot = slot.next) {
    if (slot.next !== gone) continue;
    slot.next = gone.next;
    break;
  }
  return first;
}

function freeze<T>(value: T): T {
  if (!isStructure(value) || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
