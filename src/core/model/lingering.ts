/** So long may pods take to go with their namespace; the longest grace that people give theirs is shorter (THREATS 17). */
export const LINGERS_AFTER_MS = 10 * 60_000;

/** The reason of the one finding that is told of a namespace that goes. */
export const PODS_OUTLIVE = 'PodsOutliveNamespace';
