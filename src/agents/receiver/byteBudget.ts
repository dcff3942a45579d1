/** Bytes that may be held at once. */
export interface ByteBudget {
  /** Takes so many; `false`, and none taken, when there are not as many. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  used(): number;
}

export function createByteBudget(limitBytes: number): ByteBudget {
  let used = 0;
  return {
    reserve: (bytes) => {
      if (used + bytes > limitBytes) return false;
      used += bytes;
      return true;
    },
    release: (bytes) => {
      used -= bytes;
    },
    used: () => used,
  };
}
