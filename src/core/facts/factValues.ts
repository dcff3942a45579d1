/** More addresses than this are not followed: the last known set stays (THREATS 11). */
export const MAX_ADDRESSES = 64;

/** Facts are compared, so their order must not depend on how they were found. */
export const sortedUnique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
