/** The Pod Security Standards, from none to strictest. */
export type PodLevel = 'privileged' | 'baseline' | 'restricted';

export const POD_LEVELS: readonly PodLevel[] = ['privileged', 'baseline', 'restricted'];

/** Negative when `a` is less strict than `b`. */
export const compareLevels = (a: PodLevel, b: PodLevel): number => POD_LEVELS.indexOf(a) - POD_LEVELS.indexOf(b);

/** `latest` is newer than any other, and moves with the API server. */
export type PodVersion = { readonly minor: number } | 'latest';

/** Undefined for what the API server would not accept: `latest` or `v1.N` (api/helpers.go, ParseVersion). */
export function parseVersion(text: string): PodVersion | undefined {
  if (text === 'latest') return 'latest';
  const minor = /^v1\.(\d|[1-9]\d+)$/.exec(text)?.[1];
  return minor === undefined ? undefined : { minor: Number(minor) };
}

export const isLevel = (text: string): text is PodLevel => POD_LEVELS.some((level) => level === text);
